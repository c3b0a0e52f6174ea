#ifndef CODEC_JPEGLS_H
#define CODEC_JPEGLS_H

#include <stddef.h>
#include <stdint.h>

/* charls_decode decodes a JPEG-LS code stream of exactly that shape into
 * samples: bytes up to 8 bits, else 16-bit words in the machine's order,
 * interleaved by pixel unless planar comes back true. It returns 0 or a
 * charls_jpegls_errc, or -1 where the stream's shape is another one. */
int charls_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, int components,
                  int bits, void *samples, size_t samples_size, int *near_lossless, int *planar);

#endif
