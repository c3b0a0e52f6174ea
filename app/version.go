package main

// programVersion is the release; FyneApp.toml carries the same.
const programVersion = "0.1.0"
