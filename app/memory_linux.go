package main

// #include <malloc.h>
//
// static void hold_little(void)
// {
// #ifdef __GLIBC__
// 	mallopt(M_ARENA_MAX, 1);
// 	mallopt(M_MMAP_THRESHOLD, 256 << 10);
// #endif
// }
import "C"

// holdLittleInC has the libraries in C, which decode films, run the model and
// draw, share one arena, and give large blocks back when they are freed. By
// itself the GNU allocator keeps an arena for each thread and, once it has seen
// large blocks come and go, keeps those as well.
func holdLittleInC() { C.hold_little() }
