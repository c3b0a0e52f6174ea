#include "jpegturbo.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

_Static_assert(turbo_message_size >= JMSG_LENGTH_MAX, "libjpeg writes messages of this size");

struct turbo_error {
	struct jpeg_error_mgr base;
	jmp_buf escape;
	int ended_early, damaged;
	char *message;
};

static void turbo_exit(j_common_ptr info)
{
	struct turbo_error *error = (struct turbo_error *)info->err;
	error->base.format_message(info, error->message);
	longjmp(error->escape, 1);
}

/* Warnings are remembered, never printed; level -1 is a warning. */
static void turbo_emit(j_common_ptr info, int level)
{
	struct turbo_error *error = (struct turbo_error *)info->err;
	if (level >= 0)
		return;
	switch (error->base.msg_code) {
	case JWRN_JPEG_EOF: /* also where only the EOI is missing */
	case JWRN_EXTRANEOUS_DATA:
	case JWRN_NOT_SEQUENTIAL: /* parameters of a sequential scan that mean nothing */
	case JWRN_ADOBE_XFORM:
	case JWRN_JFIF_MAJOR:
		return;
	case JWRN_HIT_MARKER:
		error->ended_early = 1;
		break;
	default:
		error->damaged = 1;
	}
	if (error->message[0] == 0)
		error->base.format_message(info, error->message);
}

static void turbo_output(j_common_ptr info)
{
	(void)info;
}

struct turbo_progress {
	struct jpeg_progress_mgr base;
	int max_scans;
};

static void turbo_monitor(j_common_ptr info)
{
	struct turbo_progress *progress = (struct turbo_progress *)info->progress;
	if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > progress->max_scans)
		ERREXIT(info, JERR_BAD_PROGRESSION);
}

/* Chroma further from the middle than rounding takes it is a colour. */
static int turbo_neutral(uint8_t chroma)
{
	return chroma >= 127 && chroma <= 129;
}

int turbo_decode(const uint8_t *data, size_t size, uint16_t *samples, unsigned width, unsigned height,
                 int components, int luminance, int max_scans, char *message)
{
	struct jpeg_decompress_struct info;
	struct turbo_error error;
	struct turbo_progress progress;
	uint8_t *volatile buffer = NULL;
	volatile int result = 3;

	memset(&info, 0, sizeof info);
	memset(&error, 0, sizeof error);
	memset(&progress, 0, sizeof progress);
	message[0] = 0;
	info.err = jpeg_std_error(&error.base);
	error.base.error_exit = turbo_exit;
	error.base.emit_message = turbo_emit;
	error.base.output_message = turbo_output;
	error.message = message;
	if (setjmp(error.escape))
		goto done;

	jpeg_create_decompress(&info);
	progress.base.progress_monitor = turbo_monitor;
	progress.max_scans = max_scans;
	info.progress = &progress.base;
	jpeg_mem_src(&info, data, size);
	jpeg_read_header(&info, TRUE);
	if (info.image_width != width || info.image_height != height || info.num_components != components ||
	    info.data_precision != 8)
		goto done;
	/* The header's word on the colour model counts, not libjpeg's guess. */
	info.out_color_space = info.jpeg_color_space = components == 1 ? JCS_GRAYSCALE : JCS_UNKNOWN;
	info.dct_method = JDCT_ISLOW;
	jpeg_start_decompress(&info);
	if (info.output_width != width || info.output_height != height || info.output_components != components)
		goto done;
	uint8_t *const row = malloc((size_t)width * components);
	buffer = row;
	if (row == NULL) {
		result = 4;
		goto done;
	}
	size_t length = (size_t)width * components, kept = luminance ? width : length;
	while (info.output_scanline < height) {
		uint16_t *out = samples + info.output_scanline * kept;
		JSAMPROW rows[1] = {row};
		if (jpeg_read_scanlines(&info, rows, 1) != 1)
			goto done;
		if (luminance) {
			int colours = 0;
			for (size_t i = 0; i < width; i++) {
				out[i] = row[3 * i];
				colours |= !turbo_neutral(row[3 * i + 1]) | !turbo_neutral(row[3 * i + 2]);
			}
			if (colours) {
				result = 5;
				goto done;
			}
		} else {
			for (size_t i = 0; i < length; i++)
				out[i] = row[i];
		}
		/* From here on there is something to show. */
		result = 1;
	}
	result = error.damaged ? 2 : error.ended_early ? 1 : 0;
done:
	free(buffer);
	jpeg_destroy_decompress(&info);
	return result;
}
