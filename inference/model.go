package inference

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"pneumolight/dicomio"
)

// The names of the model's input and outputs. The film is N×1×Height×Width;
// the logit N×1, the mean of the map; the map N×1×h×w.
const (
	inputName  = "film"
	logitName  = "logit"
	outputName = "map"
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
	info Info

	mu      sync.RWMutex // held for reading while the session is in use
	session *ort.DynamicAdvancedSession
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
	info, err := describe(session)
	if err != nil {
		return nil, fmt.Errorf("opening the model: %w", errors.Join(err, session.Destroy()))
	}
	digest := sha256.Sum256(onnx)
	info.SHA256 = hex.EncodeToString(digest[:])
	return &Model{info: info, session: session}, nil
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
		[]string{inputName}, []string{logitName, outputName}, options)
}

// describe reads what the model's file says about the model.
func describe(session *ort.DynamicAdvancedSession) (Info, error) {
	metadata, err := session.GetModelMetadata()
	if err != nil {
		return Info{}, fmt.Errorf("reading its metadata: %w", err)
	}
	defer metadata.Destroy()
	text, found, err := metadata.LookupCustomMetadataMap(metadataKey)
	if err != nil {
		return Info{}, fmt.Errorf("reading its metadata: %w", err)
	}
	if !found {
		return Info{}, fmt.Errorf("%w: it has no metadata under %q", ErrNotOurModel, metadataKey)
	}
	return parseInfo(text)
}

// Info describes the model.
func (m *Model) Info() Info { return m.info }

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

// Predict prepares one film and runs the model on it. The error wraps
// ErrColour for a colour picture.
func (m *Model) Predict(ctx context.Context, film *dicomio.Film) (Prediction, error) {
	tensor, err := m.info.Input.Prepare(film)
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
	width, height := m.info.Input.Width, m.info.Input.Height
	data := make([]float32, 0, len(batch)*width*height)
	for _, t := range batch {
		if t.Width != width || t.Height != height || len(t.Values) != width*height {
			return nil, fmt.Errorf("a prepared film is %d×%d, the model takes %d×%d", t.Width, t.Height, width, height)
		}
		data = append(data, t.Values...)
	}
	input, err := ort.NewTensor(ort.NewShape(int64(len(batch)), 1, int64(height), int64(width)), data)
	if err != nil {
		return nil, err
	}
	defer input.Destroy()
	outputs, err := m.run(ctx, input)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, output := range outputs {
			_ = output.Destroy() // a tensor that cannot be freed leaves nothing to do
		}
	}()
	return m.read(outputs, len(batch))
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
	outputs := make([]ort.Value, 2)
	err = m.session.RunWithOptions([]ort.Value{input}, outputs, options)
	if !stop() {
		<-stopped // the options must outlive their last use
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return outputs, err
}

// read takes the predictions out of the model's outputs.
func (m *Model) read(outputs []ort.Value, films int) ([]Prediction, error) {
	logits, ok := outputs[0].(*ort.Tensor[float32])
	if !ok || len(logits.GetData()) != films {
		return nil, fmt.Errorf("the model's output %q is not one number a film", logitName)
	}
	maps, ok := outputs[1].(*ort.Tensor[float32])
	if !ok || len(maps.GetShape()) != 4 || maps.GetShape()[0] != int64(films) || maps.GetShape()[1] != 1 {
		return nil, fmt.Errorf("the model's output %q is not one map a film", outputName)
	}
	height, width := int(maps.GetShape()[2]), int(maps.GetShape()[3])
	predictions := make([]Prediction, films)
	for k := range predictions {
		activation := maps.GetData()[k*width*height : (k+1)*width*height]
		predictions[k] = m.info.predict(logits.GetData()[k], activation, width, height)
	}
	return predictions, nil
}
