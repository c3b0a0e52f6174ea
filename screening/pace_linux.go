package screening

import "syscall"

// niceness is where a thread counts about a tenth of an ordinary one.
const niceness = 10

// lowerPriority makes the calling thread nice. On Linux a priority is a
// thread's own, and 0 is the caller (setpriority(2), "C library/kernel
// differences"). Without it the work is only less considerate.
func lowerPriority() { _ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, niceness) }
