package inference

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"pneumolight/dicomio"
)

// The names of the model's input and outputs. The film is N×1×Height×Width;
// the logit N×1, the mean of the map; the map N×1×h×w; the features N×C.
const (
	inputName    = "film"
	logitName    = "logit"
	mapName      = "map"
	featuresName = "features"
)

// Options say how a model is run.
type Options struct {
	// Library is the path of ONNX Runtime's library; empty: FindLibrary's.
	Library string
	// Threads is how many threads one run may use; 0: one. Films are small
	// enough that screening gains more from several runs side by side.
	Threads int
}

// Model is a loaded classifier. It may be used by several goroutines at once.
// Close frees it.
type Model struct {
	description description

	mu      sync.RWMutex // held for reading while the session is in use
	session *ort.DynamicAdvancedSession

	inputs sync.Pool // of *[]float32: what one run after another is given
}

// errClosed says that a model was used after Close.
var errClosed = errors.New("the model has been closed")

// Open loads a model from an ONNX file's bytes. The error is a *LibraryError
// where ONNX Runtime itself is the trouble, and wraps ErrNotOurModel where the
// file lacks what the program needs to know of a model.
func Open(onnx []byte, options Options) (*Model, error) {
	library := options.Library
	if library == "" {
		found, err := FindLibrary()
		if err != nil {
			return nil, err
		}
		library = found
	}
	if err := load(library); err != nil {
		return nil, err
	}
	session, err := newSession(onnx, max(options.Threads, 1))
	if err != nil {
		return nil, fmt.Errorf("opening the model: %w: %w", ErrNotOurModel, err)
	}
	described, err := describe(session)
	if err != nil {
		return nil, fmt.Errorf("opening the model: %w", errors.Join(err, session.Destroy()))
	}
	digest := sha256.Sum256(onnx)
	described.SHA256 = hex.EncodeToString(digest[:])
	return &Model{description: described, session: session, inputs: sync.Pool{New: func() any { return new([]float32) }}}, nil
}

func newSession(onnx []byte, threads int) (*ort.DynamicAdvancedSession, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	if err := errors.Join(
		options.SetIntraOpNumThreads(threads),
		options.SetInterOpNumThreads(1),
		// Spinning threads starve the window and, on a busy machine, double
		// a run's time.
		options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	); err != nil {
		return nil, err
	}
	return ort.NewDynamicAdvancedSessionWithONNXData(onnx,
		[]string{inputName}, []string{logitName, mapName, featuresName}, options)
}

// describe reads what the model's file says about the model.
func describe(session *ort.DynamicAdvancedSession) (description, error) {
	metadata, err := session.GetModelMetadata()
	if err != nil {
		return description{}, fmt.Errorf("reading its metadata: %w", err)
	}
	defer metadata.Destroy()
	text, found, err := metadata.LookupCustomMetadataMap(metadataKey)
	if err != nil {
		return description{}, fmt.Errorf("reading its metadata: %w", err)
	}
	if !found {
		return description{}, fmt.Errorf("%w: it has no metadata under %q", ErrNotOurModel, metadataKey)
	}
	return parse(text)
}

// Info describes the model.
func (m *Model) Info() Info { return m.description.Info }

// Close frees the model. It waits for a run under way.
func (m *Model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.session == nil {
		return nil
	}
	err := m.session.Destroy()
	m.session = nil
	return err
}

// Predict prepares one film and runs the model on it. A film that the model
// has not learned to judge has a Refusal in its prediction. The error wraps
// ErrColour for a colour picture.
func (m *Model) Predict(ctx context.Context, film *dicomio.Film) (Prediction, error) {
	tensor, err := m.description.Input.Prepare(film)
	if err != nil {
		return Prediction{}, err
	}
	predictions, err := m.Run(ctx, []Tensor{tensor})
	if err != nil {
		return Prediction{}, fmt.Errorf("analysing %s: %w", film.Path, err)
	}
	return predictions[0], nil
}

// Run predicts a batch of prepared films in one run, in their order.
func (m *Model) Run(ctx context.Context, batch []Tensor) ([]Prediction, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	width, height := m.description.Input.Width, m.description.Input.Height
	room := m.inputs.Get().(*[]float32)
	defer m.inputs.Put(room)
	data := slices.Grow((*room)[:0], 2*len(batch)*width*height)
	for _, t := range batch {
		if t.Width != width || t.Height != height || len(t.Values) != width*height {
			return nil, fmt.Errorf("a prepared film is %d×%d, the model takes %d×%d", t.Width, t.Height, width, height)
		}
		data = t.appendMirrored(append(data, t.Values...))
	}
	*room = data
	input, err := ort.NewTensor(ort.NewShape(int64(2*len(batch)), 1, int64(height), int64(width)), data)
	if err != nil {
		return nil, err
	}
	defer input.Destroy()
	values, err := m.run(ctx, input)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, value := range values {
			_ = value.Destroy() // a tensor that cannot be freed leaves nothing to do
		}
	}()
	outputs, err := m.read(values, 2*len(batch))
	if err != nil {
		return nil, err
	}
	predictions := make([]Prediction, len(batch))
	for k, film := range batch {
		predictions[k] = m.description.predict(film, outputs[2*k], outputs[2*k+1])
	}
	return predictions, nil
}

// run does the inference; a context that ends stops it.
func (m *Model) run(ctx context.Context, input ort.Value) ([]ort.Value, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.session == nil {
		return nil, errClosed
	}
	options, err := ort.NewRunOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = options.Terminate() // a run that cannot be stopped ends by itself
		close(stopped)
	})
	values := make([]ort.Value, 3)
	err = m.session.RunWithOptions([]ort.Value{input}, values, options)
	if !stop() {
		<-stopped // the options must outlive their last use
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return values, err
}

// read takes each film's share out of the model's outputs. What it returns
// lives as long as values.
func (m *Model) read(values []ort.Value, films int) ([]output, error) {
	cells := m.description.Evidence.Width * m.description.Evidence.Height
	lengths := []struct {
		name string
		each int
	}{{logitName, 1}, {mapName, cells}, {featuresName, len(m.description.Gate.Distance.Mean)}}
	data := make([][]float32, len(values))
	for k, value := range values {
		tensor, ok := value.(*ort.Tensor[float32])
		if !ok || len(tensor.GetData()) != films*lengths[k].each {
			return nil, fmt.Errorf("the model's output %q is not %d numbers a film, as its description says",
				lengths[k].name, lengths[k].each)
		}
		data[k] = tensor.GetData()
	}
	part := func(k, film int) []float32 {
		return data[k][film*lengths[k].each : (film+1)*lengths[k].each]
	}
	outputs := make([]output, films)
	for k := range outputs {
		outputs[k] = output{logit: data[0][k], cells: part(1, k), features: part(2, k)}
	}
	return outputs, nil
}
