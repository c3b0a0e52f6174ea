package handover

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// folder is short, as a socket's path has to be.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// claim is a start that gets the desk; what it is handed is sent on.
func claim(t *testing.T, dir, name string) (*Desk, <-chan []string) {
	t.Helper()
	desk, err := Claim(t.Context(), dir, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	handed := make(chan []string, 100)
	desk.Serve(func(paths []string) { handed <- paths })
	t.Cleanup(func() { _ = desk.Close() }) // a test may have closed it
	return desk, handed
}

func TestSecondStartHandsItsPathsOver(t *testing.T) {
	dir := folder(t)
	_, handed := claim(t, dir, "a")
	for _, paths := range [][]string{{"/films/1.dcm", "/films/two words.dcm"}, nil} {
		if _, err := Claim(t.Context(), dir, "a", paths); !errors.Is(err, ErrTaken) {
			t.Fatalf("a second start got %v", err)
		}
		if got := <-handed; !slices.Equal(got, paths) {
			t.Errorf("handed over: %q, want %q", got, paths)
		}
	}
}

func TestAnotherNameIsAnotherDesk(t *testing.T) {
	dir := folder(t)
	claim(t, dir, "a")
	claim(t, dir, "b")
}

func TestTheDeskIsFreeAfterAnEndAndAfterACrash(t *testing.T) {
	dir := folder(t)
	first, _ := claim(t, dir, "a")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	// A crash leaves the socket, and the system takes the lock back.
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "a.socket"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()
	_, handed := claim(t, dir, "a")
	if _, err := Claim(t.Context(), dir, "a", []string{"x"}); !errors.Is(err, ErrTaken) {
		t.Fatal(err)
	}
	<-handed
}

func TestOfManyStartsAtOnceOneOpensAndTheRestHandOver(t *testing.T) {
	dir := folder(t)
	const starts = 12
	handed := make(chan string, starts)
	desks := make(chan *Desk, starts)
	var group sync.WaitGroup
	for k := range starts {
		group.Go(func() {
			desk, err := Claim(t.Context(), dir, "a", []string{strconv.Itoa(k)})
			switch {
			case err == nil:
				handed <- strconv.Itoa(k) // it opens its own
				desk.Serve(func(paths []string) { handed <- paths[0] })
				desks <- desk
			case !errors.Is(err, ErrTaken):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(desks) != 1 {
		t.Fatalf("%d windows are open", len(desks))
	}
	if err := (<-desks).Close(); err != nil {
		t.Error(err)
	}
	if len(handed) != starts {
		t.Errorf("%d of %d films arrived", len(handed), starts)
	}
}

func TestOnlyTheUserMayUseTheDesk(t *testing.T) {
	dir := folder(t)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	claim(t, dir, "a")
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "a.socket"): 0o600, filepath.Join(dir, "a.lock"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestNonsenseDoesNotCloseTheDesk(t *testing.T) {
	dir := folder(t)
	_, handed := claim(t, dir, "a")
	visitor, err := net.Dial("unix", filepath.Join(dir, "a.socket"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := visitor.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	visitor.Close()
	if _, err := Claim(t.Context(), dir, "a", []string{"x"}); !errors.Is(err, ErrTaken) {
		t.Fatal(err)
	}
	if got := <-handed; len(got) != 1 || got[0] != "x" {
		t.Errorf("handed over: %q", got)
	}
}

func TestAStartThatIsToldToEndDoesNotWait(t *testing.T) {
	dir := folder(t)
	lock, err := lockFile(filepath.Join(dir, "a.lock")) // an owner that never listens
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Claim(ctx, dir, "a", nil); err == nil || errors.Is(err, ErrTaken) {
		t.Errorf("it got %v", err)
	}
}
