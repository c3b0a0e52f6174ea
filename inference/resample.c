#include "resample.h"

enum { block = 1024 }; /* stays in the first cache */

void spread_row(const uint16_t *stored, const float *grey, size_t width, float *sums, const float *weights,
                size_t rows)
{
	float seen[block];
	for (size_t first = 0; first < width; first += block) {
		size_t n = width - first < block ? width - first : block;
		for (size_t i = 0; i < n; i++)
			seen[i] = grey[stored[first + i]];
		for (size_t r = 0; r < rows; r++) {
			float *restrict sum = sums + r * width + first;
			const float weight = weights[r];
			for (size_t i = 0; i < n; i++)
				sum[i] += weight * seen[i];
		}
	}
}
