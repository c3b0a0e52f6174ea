package render

import (
	"math"
	"runtime"
	"sync"
)

// plane is a picture of one channel in 16 bits.
type plane struct {
	width, height int
	values        []uint16
}

// one is the sum of a kernel's weights. It leaves room for a cubic's overshoot
// in the 32 bits of a weighted sum.
const (
	shift = 14
	one   = 1 << shift
)

// kernel holds, for a run of output pixels, which source samples each is made
// of and with what weights. Its taps are stride samples apart.
type kernel struct {
	first   []int32 // of each output pixel's taps; may lie before 0 where clamped
	weights []int32 // taps for each output pixel, one after the other
	taps    int
	stride  int
	size    int
	// smooth is set where the kernel interpolates: it has four taps and
	// its result is kept between the middle two, so that no edge is given
	// a halo that is not on the film.
	smooth bool
}

// newKernel makes the kernel for n output pixels from the index from on,
// over size source samples. Reducing averages all of a pixel's area, or with
// draft two samples of it; enlarging interpolates by Catmull-Rom's cubic.
func newKernel(a axis, from, n, size int, draft bool) kernel {
	ratio := math.Abs(a.step)
	if ratio <= 1+1e-9 {
		return cubicKernel(a, from, n, size)
	}
	if draft && ratio > 2 {
		return draftKernel(a, from, n, size)
	}
	k := kernel{taps: int(math.Ceil(ratio-1e-9)) + 1, stride: 1, size: size}
	k.first = make([]int32, n)
	k.weights = make([]int32, n*k.taps)
	for i := range n {
		centre := a.at(from + i)
		low, high := centre-ratio/2, centre+ratio/2
		first := int(math.Floor(low + 1e-9))
		k.first[i] = int32(first)
		w := k.weights[i*k.taps : (i+1)*k.taps]
		left, largest := int32(one), 0
		for t := range w {
			cover := min(high, float64(first+t+1)) - max(low, float64(first+t))
			w[t] = int32(math.Round(max(cover, 0) / ratio * one))
			left -= w[t]
			if w[t] > w[largest] {
				largest = t
			}
		}
		w[largest] += left
	}
	return k
}

func draftKernel(a axis, from, n, size int) kernel {
	ratio := math.Abs(a.step)
	k := kernel{taps: 2, stride: int(ratio / 2), size: size}
	k.first = make([]int32, n)
	k.weights = make([]int32, 2*n)
	for i := range n {
		k.first[i] = int32(math.Floor(a.at(from+i) - ratio/4))
		k.weights[2*i], k.weights[2*i+1] = one/2, one/2
	}
	return k
}

func cubicKernel(a axis, from, n, size int) kernel {
	k := kernel{taps: 4, stride: 1, size: size, smooth: true}
	k.first = make([]int32, n)
	k.weights = make([]int32, 4*n)
	for i := range n {
		position := a.at(from+i) - 0.5
		whole := math.Floor(position + 1e-9)
		t := max(position-whole, 0)
		k.first[i] = int32(whole) - 1
		w := k.weights[4*i : 4*i+4]
		w[0] = weight(t * (-0.5 + t*(1-0.5*t)))
		w[1] = weight(1 + t*t*(-2.5+1.5*t))
		w[2] = weight(t * (0.5 + t*(2-1.5*t)))
		w[3] = one - w[0] - w[1] - w[2]
	}
	return k
}

func weight(w float64) int32 { return int32(math.Round(w * one)) }

// index keeps a tap inside the source.
func (k *kernel) index(i int) int { return min(max(i, 0), k.size-1) }

// resample makes one value for each pair of output pixels, kx's across and
// ky's down, into out, which has len(kx.first) values a row. Each source row is
// resampled across when an output row first needs it and kept while the next
// ones may, so that no more than a few rows leave the processor's cache.
func resample(src plane, kx, ky kernel, out []uint16) {
	columns, rows := len(kx.first), len(ky.first)
	if columns == 0 || rows == 0 {
		return
	}
	parallel(rows, func(from, to int) {
		span := (ky.taps-1)*ky.stride + 1 // source rows from an output row's first to its last
		wide := make([]uint16, span*columns)
		held := make([]int, span) // the source row in each place of wide, +1
		sum := make([]int32, columns)
		sources := make([][]uint16, ky.taps)
		for r := from; r < to; r++ {
			for t := range sources {
				y := ky.index(int(ky.first[r]) + t*ky.stride)
				place := y % span
				sources[t] = wide[place*columns : (place+1)*columns]
				if held[place] != y+1 {
					kx.across(src.values[y*src.width:(y+1)*src.width], sources[t])
					held[place] = y + 1
				}
			}
			ky.down(sources, ky.weights[r*ky.taps:(r+1)*ky.taps], sum, out[r*columns:(r+1)*columns])
		}
	})
}

// across resamples one source row.
func (k *kernel) across(row, out []uint16) {
	for i := range out {
		first := int(k.first[i])
		weights := k.weights[i*k.taps : (i+1)*k.taps]
		last := first + (k.taps-1)*k.stride
		var sum int32
		switch {
		case first < 0 || last >= len(row):
			for t, w := range weights {
				sum += w * int32(row[k.index(first+t*k.stride)])
			}
		case k.stride == 1:
			taps := row[first : first+len(weights)]
			for t, w := range weights {
				sum += w * int32(taps[t])
			}
		default:
			for t, w := range weights {
				sum += w * int32(row[first+t*k.stride])
			}
		}
		v := rounded(sum)
		if k.smooth {
			v = between(v, row[k.index(first+1)], row[k.index(first+2)])
		}
		out[i] = v
	}
}

// down adds up rows by their weights.
func (k *kernel) down(sources [][]uint16, weights, sum []int32, out []uint16) {
	if k.smooth {
		a, b, c, d := sources[0], sources[1], sources[2], sources[3]
		for i := range out {
			s := weights[0]*int32(a[i]) + weights[1]*int32(b[i]) + weights[2]*int32(c[i]) + weights[3]*int32(d[i])
			out[i] = between(rounded(s), b[i], c[i])
		}
		return
	}
	clear(sum)
	for t, source := range sources {
		w := weights[t]
		if w == 0 {
			continue
		}
		for i, v := range source[:len(sum)] {
			sum[i] += w * int32(v)
		}
	}
	for i, s := range sum {
		out[i] = rounded(s)
	}
}

// rounded takes a weighted sum back to a value. A cubic's sum may lie outside
// of 16 bits, so it is limited to them.
func rounded(sum int32) uint16 { return uint16(min(max(sum+one/2, 0)>>shift, 1<<16-1)) }

func between(v, a, b uint16) uint16 {
	if a > b {
		a, b = b, a
	}
	return min(max(v, a), b)
}

// parallel splits n rows among the processors.
func parallel(n int, work func(from, to int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		work(0, n)
		return
	}
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() { work(k*n/workers, (k+1)*n/workers) })
	}
	wg.Wait()
}
