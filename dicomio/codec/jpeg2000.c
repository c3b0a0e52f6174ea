#include "jpeg2000.h"

#include <stdlib.h>
#include <string.h>

#include <openjpeg.h>

struct source {
	const uint8_t *data;
	size_t size, at;
};

static OPJ_SIZE_T source_read(void *buffer, OPJ_SIZE_T count, void *user)
{
	struct source *s = user;
	if (s->at >= s->size)
		return (OPJ_SIZE_T)-1;
	if (count > s->size - s->at)
		count = s->size - s->at;
	memcpy(buffer, s->data + s->at, count);
	s->at += count;
	return count;
}

static OPJ_OFF_T source_skip(OPJ_OFF_T count, void *user)
{
	struct source *s = user;
	if (count < 0)
		return -1;
	if ((OPJ_UINT64)count > s->size - s->at)
		count = (OPJ_OFF_T)(s->size - s->at);
	if (count == 0)
		return -1;
	s->at += (size_t)count;
	return count;
}

static OPJ_BOOL source_seek(OPJ_OFF_T at, void *user)
{
	struct source *s = user;
	if (at < 0 || (OPJ_UINT64)at > s->size)
		return OPJ_FALSE;
	s->at = (size_t)at;
	return OPJ_TRUE;
}

struct messages {
	char *text;
	int errors;
};

static void keep(char *text, const char *message)
{
	size_t n = strcspn(message, "\r\n");
	if (n >= openjpeg_message_size)
		n = openjpeg_message_size - 1;
	memcpy(text, message, n);
	text[n] = 0;
}

static void on_error(const char *message, void *user)
{
	struct messages *m = user;
	if (m->errors++ == 0)
		keep(m->text, message);
}

static int fits(const opj_image_t *image, const struct openjpeg_shape *shape, int decoded)
{
	if (image->numcomps != shape->components)
		return 0;
	for (OPJ_UINT32 i = 0; i < image->numcomps; i++) {
		const opj_image_comp_t *c = &image->comps[i];
		if (c->w != shape->width || c->h != shape->height || c->prec != shape->precision ||
		    c->sgnd != shape->is_signed || (decoded && c->data == NULL))
			return 0;
	}
	return 1;
}

enum openjpeg_result openjpeg_decode(const uint8_t *data, size_t size, const struct openjpeg_shape *shape,
                                     uint16_t *samples, char *message)
{
	enum openjpeg_result result = openjpeg_memory;
	struct source source = {data, size, 0};
	struct messages messages = {message, 0};
	opj_image_t *image = NULL;
	opj_dparameters_t parameters;
	opj_stream_t *stream = NULL;
	opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);

	message[0] = 0;
	if (codec == NULL)
		goto done;
	opj_set_error_handler(codec, on_error, &messages);
	opj_set_default_decoder_parameters(&parameters);
	/* Larger than any header; one that is smaller is read at once. */
	stream = opj_stream_create(1 << 16, OPJ_TRUE);
	if (stream == NULL || !opj_setup_decoder(codec, &parameters))
		goto done;
	opj_stream_set_user_data(stream, &source, NULL);
	opj_stream_set_user_data_length(stream, size);
	opj_stream_set_read_function(stream, source_read);
	opj_stream_set_skip_function(stream, source_skip);
	opj_stream_set_seek_function(stream, source_seek);
	if (shape->threads > 1)
		opj_codec_set_threads(codec, shape->threads); /* slower without, no worse */
	opj_decoder_set_strict_mode(codec, OPJ_TRUE);

	result = openjpeg_header;
	if (!opj_read_header(stream, codec, &image))
		goto done;
	result = openjpeg_other;
	if (!fits(image, shape, 0))
		goto done;
	result = openjpeg_damaged;
	if (!opj_decode(codec, stream, image))
		goto done;
	/* Behind the last tile nothing of interest can go wrong any more. */
	opj_end_decompress(codec, stream);
	if (!fits(image, shape, 1))
		goto done;

	size_t pixels = (size_t)shape->width * shape->height;
	int32_t mask = shape->is_signed ? 0xffff : (1 << shape->precision) - 1;
	for (OPJ_UINT32 c = 0; c < image->numcomps; c++) {
		const OPJ_INT32 *in = image->comps[c].data;
		uint16_t *out = samples + c;
		if (image->numcomps == 1)
			for (size_t i = 0; i < pixels; i++)
				out[i] = (uint16_t)(in[i] & mask);
		else
			for (size_t i = 0; i < pixels; i++)
				out[i * image->numcomps] = (uint16_t)(in[i] & mask);
	}
	result = openjpeg_ok;
done:
	opj_image_destroy(image);
	opj_stream_destroy(stream);
	opj_destroy_codec(codec);
	return result;
}
