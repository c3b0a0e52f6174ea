#ifndef CODEC_JPEG2000_H
#define CODEC_JPEG2000_H

#include <stddef.h>
#include <stdint.h>

enum { openjpeg_message_size = 256 };

/* openjpeg_shape is what a JPEG 2000 code stream must be, and what comes
 * back of it. */
struct openjpeg_shape {
	uint32_t width, height, components;
	uint32_t precision; /* of every component */
	uint32_t is_signed;
	int threads;
};

enum openjpeg_result {
	openjpeg_ok,
	openjpeg_header,  /* the main header could not be read */
	openjpeg_other,   /* the stream's shape is another one */
	openjpeg_damaged, /* the tiles could not be decoded */
	openjpeg_memory,
};

/* openjpeg_decode decodes a raw code stream into interleaved samples: two's
 * complement bit patterns of the stream's precision, sign-extended to 16
 * bits where the stream is signed. message holds the first error. */
enum openjpeg_result openjpeg_decode(const uint8_t *data, size_t size, const struct openjpeg_shape *shape,
                                     uint16_t *samples, char *message);

#endif
