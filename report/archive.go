package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// sRGB is the output intent that PDF/A asks for where colours are named by
// device (ISO 19005-2, 6.2.4.3).
//
//go:embed sRGB2014.icc
var sRGB []byte

// xmp is the metadata that makes a file say that it is PDF/A (ISO 19005-2,
// 6.6.4); its dates and title have to equal those of the document's
// information dictionary.
var xmp = template.Must(template.New("xmp").Parse(`<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{{html .Title}}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>en</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{{.Date}}</xmp:CreateDate>
<xmp:ModifyDate>{{.Date}}</xmp:ModifyDate>
<pdf:Producer>{{html .Producer}}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`))

// describe sets the document's properties. They hold nothing of the patient:
// a list of files shows them.
func describe(pdf *fpdf.Fpdf, r *Report) error {
	at := r.Created.UTC()
	pdf.SetCreationDate(at)
	pdf.SetModificationDate(at)
	pdf.SetTitle(title, true)
	pdf.SetProducer(r.Program, true)
	pdf.SetLang("en")
	var packet bytes.Buffer
	if err := xmp.Execute(&packet, struct{ Title, Date, Producer string }{title, at.Format(time.RFC3339), r.Program}); err != nil {
		return err
	}
	pdf.SetXmpMetadata(packet.Bytes())
	pdf.AddOutputIntent(fpdf.OutputIntentType{
		SubtypeIdent: fpdf.OutputIntent_GTS_PDFA1, OutputConditionIdentifier: "sRGB2014", Info: "sRGB2014", ICCProfile: sRGB,
	})
	return nil
}

// errNotOurs says that the page library's output has not the form that
// archive knows.
var errNotOurs = errors.New("the PDF library wrote a file of an unexpected form")

// archive makes PDF/A-2u of what fpdf wrote. Four things are missing there: a
// text mapping that crosses no row of 256 codes (Adobe Technical Note 5411),
// a catalog without an empty list of attachments (ISO 19005-2, 6.8), a file
// identifier (6.1.3), and a trailer that names the document's properties:
// with an output intent, fpdf 0.12.0 names the colour profile in their place.
func archive(document []byte, uid string) ([]byte, error) {
	objects, trailer, err := takeApart(document)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Write(document[:objects[0].offset])
	places := make([]int, len(objects)+1)
	for _, o := range objects {
		places[o.number] = out.Len()
		body := o.body
		switch {
		case bytes.Contains(body, []byte("\n/CreationDate ")):
			trailer = properties.ReplaceAllString(trailer, fmt.Sprintf("/Info %d 0 R", o.number))
		case bytes.Contains(body, []byte("/CMapName /Adobe-Identity-UCS")):
			cmap := textMapping()
			body = fmt.Appendf(nil, "%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", o.number, len(cmap), cmap)
		case bytes.Contains(body, []byte("/Type /Catalog")):
			body = emptyNames.ReplaceAll(body, nil)
		}
		out.Write(body)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(places))
	for _, place := range places[1:] {
		fmt.Fprintf(&out, "%010d 00000 n \n", place)
	}
	id := fmt.Sprintf("%x", sha256.Sum256([]byte(uid)))[:32]
	fmt.Fprintf(&out, "trailer\n<<\n%s/ID [<%s> <%s>]\n>>\nstartxref\n%d\n%%%%EOF\n", trailer, id, id, start)
	return out.Bytes(), nil
}

var properties = regexp.MustCompile(`/Info \d+ 0 R`)

var emptyNames = regexp.MustCompile(`/Names <<\s*/EmbeddedFiles [^>]*>>\n?(\s*>>\n)?`)

// indirect is an indirect object as it lies in the file.
type indirect struct {
	number, offset int
	body           []byte
}

// takeApart finds the objects by the cross-reference table. fpdf writes them
// one after the other, numbered from 1 without a gap, but not in order.
func takeApart(document []byte) (objects []indirect, trailer string, err error) {
	at := bytes.LastIndex(document, []byte("startxref\n"))
	if at < 0 {
		return nil, "", errNotOurs
	}
	number, _, _ := strings.Cut(string(document[at+len("startxref\n"):]), "\n")
	table, err := strconv.Atoi(number)
	if err != nil || table < 0 || table > at || !bytes.HasPrefix(document[table:], []byte("xref\n0 ")) {
		return nil, "", errNotOurs
	}
	rows, tail, found := strings.Cut(string(document[table:at]), "trailer\n<<\n")
	trailer, _, ended := strings.Cut(tail, ">>\n")
	if !found || !ended {
		return nil, "", errNotOurs
	}
	for k, row := range strings.Split(strings.TrimSpace(rows), "\n")[2:] {
		if k == 0 {
			continue // the head of the list of free objects
		}
		offset, err := strconv.Atoi(strings.TrimLeft(row[:min(10, len(row))], "0"))
		if err != nil || offset >= table {
			return nil, "", errNotOurs
		}
		objects = append(objects, indirect{number: k, offset: offset})
	}
	if len(objects) == 0 {
		return nil, "", errNotOurs
	}
	slices.SortFunc(objects, func(a, b indirect) int { return a.offset - b.offset })
	for k := range objects {
		end := table
		if k+1 < len(objects) {
			end = objects[k+1].offset
		}
		objects[k].body = document[objects[k].offset:end]
	}
	return objects, trailer, nil
}

// textMapping maps each code of a page to the same character: the pages'
// fonts are addressed by code point.
func textMapping() string {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n" +
		"<</Registry (Adobe)\n/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	// A block holds at most 100 ranges.
	for first := 0; first < 256; first += 64 {
		b.WriteString("64 beginbfrange\n")
		for row := first; row < first+64; row++ {
			fmt.Fprintf(&b, "<%02X00> <%02XFF> <%02X00>\n", row, row, row)
		}
		b.WriteString("endbfrange\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return b.String()
}
