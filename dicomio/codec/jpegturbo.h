#ifndef CODEC_JPEGTURBO_H
#define CODEC_JPEGTURBO_H

#include <stddef.h>
#include <stdint.h>

enum { turbo_message_size = 256 };

/* turbo_decode decodes 8-bit JPEG into width*height*components interleaved
 * samples without a conversion between colour models. It returns 0; 1 where
 * the data ended early or a marker was missing, with what there was in
 * samples; 2 where other damage was passed over; 3 where nothing could be
 * decoded; 4 where memory ran out. message is set for 1 to 3. With luminance,
 * the first of three components alone goes to samples, and 5 is returned where
 * the other two are not neutral. */
int turbo_decode(const uint8_t *data, size_t size, uint16_t *samples, unsigned width, unsigned height,
                 int components, int luminance, int max_scans, char *message);

#endif
