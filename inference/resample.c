#include <stdlib.h> /* says whether this is glibc, which the choice at run time needs */

#include "resample.h"

#ifdef __clang__ /* -std=c11 keeps GCC from it */
#pragma STDC FP_CONTRACT OFF
#endif

enum { block = 1024 }; /* stays in the first cache */

/* The same sums in the same order, more of them at a time where the processor
 * can: without FMA, which would round once where the training side does twice. */
#if defined(__x86_64__) && defined(__GLIBC__)
__attribute__((target_clones("avx2", "default")))
#endif
void spread_row(const uint16_t *stored, const float *grey, size_t width, float *sums, const float *weights,
                size_t rows, size_t begun)
{
	float seen[block];
	for (size_t first = 0; first < width; first += block) {
		size_t n = width - first < block ? width - first : block;
		for (size_t i = 0; i < n; i++)
			seen[i] = grey[stored[first + i]];
		for (size_t r = 0; r < rows; r++) {
			float *restrict sum = sums + r * width + first;
			const float weight = weights[r];
			if (r < begun)
				for (size_t i = 0; i < n; i++)
					sum[i] += weight * seen[i];
			else
				for (size_t i = 0; i < n; i++)
					sum[i] = weight * seen[i];
		}
	}
}
