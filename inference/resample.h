#ifndef INFERENCE_RESAMPLE_H
#define INFERENCE_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

/* spread_row adds a row of width stored values, seen through grey, to rows
 * consecutive rows of sums, to each with its own weight. From the row begun on,
 * nothing has been summed yet: what is there is written over. */
void spread_row(const uint16_t *stored, const float *grey, size_t width, float *sums, const float *weights,
                size_t rows, size_t begun);

#endif
