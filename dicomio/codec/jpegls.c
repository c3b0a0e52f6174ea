#include "jpegls.h"

#include <charls/charls.h>

int charls_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, int components,
                  int bits, void *samples, size_t samples_size, int *near_lossless, int *planar)
{
	charls_jpegls_decoder *decoder = charls_jpegls_decoder_create();
	charls_frame_info info;
	charls_interleave_mode mode;
	int32_t near;
	size_t needed;
	int error;

	if (decoder == NULL)
		return CHARLS_JPEGLS_ERRC_NOT_ENOUGH_MEMORY;
	if ((error = charls_jpegls_decoder_set_source_buffer(decoder, data, size)) != 0 ||
	    (error = charls_jpegls_decoder_read_header(decoder)) != 0 ||
	    (error = charls_jpegls_decoder_get_frame_info(decoder, &info)) != 0 ||
	    (error = charls_jpegls_decoder_get_interleave_mode(decoder, &mode)) != 0 ||
	    (error = charls_jpegls_decoder_get_near_lossless(decoder, 0, &near)) != 0 ||
	    (error = charls_jpegls_decoder_get_destination_size(decoder, 0, &needed)) != 0)
		goto done;
	error = -1;
	if (info.width != width || info.height != height || info.component_count != components ||
	    info.bits_per_sample != bits || needed != samples_size)
		goto done;
	*near_lossless = near;
	*planar = components > 1 && mode == CHARLS_INTERLEAVE_MODE_NONE;
	error = charls_jpegls_decoder_decode_to_buffer(decoder, samples, samples_size, 0);
done:
	charls_jpegls_decoder_destroy(decoder);
	return error;
}
