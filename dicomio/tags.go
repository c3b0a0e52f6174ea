package dicomio

import "fmt"

// tagNumber is a DICOM tag as 0xGGGGEEEE.
type tagNumber uint32

func (t tagNumber) String() string {
	return fmt.Sprintf("(%04x,%04x)", uint16(t>>16), uint16(t))
}

func (t tagNumber) group() uint16 { return uint16(t >> 16) }

// The tags that this package looks at, named as in PS3.6.
const (
	tagMetaGroupLength   tagNumber = 0x00020000
	tagTransferSyntaxUID tagNumber = 0x00020010

	tagDirectoryRecordSequence tagNumber = 0x00041220
	tagDirectoryRecordType     tagNumber = 0x00041430
	tagReferencedFileID        tagNumber = 0x00041500

	tagSpecificCharacterSet    tagNumber = 0x00080005
	tagAcquisitionDate         tagNumber = 0x00080022
	tagAcquisitionDateTime     tagNumber = 0x0008002A
	tagAcquisitionTime         tagNumber = 0x00080032
	tagSOPClassUID             tagNumber = 0x00080016
	tagSOPInstanceUID          tagNumber = 0x00080018
	tagStudyDate               tagNumber = 0x00080020
	tagStudyTime               tagNumber = 0x00080030
	tagAccessionNumber         tagNumber = 0x00080050
	tagModality                tagNumber = 0x00080060
	tagManufacturer            tagNumber = 0x00080070
	tagInstitutionName         tagNumber = 0x00080080
	tagReferringPhysicianName  tagNumber = 0x00080090
	tagStudyDescription        tagNumber = 0x00081030
	tagSeriesDescription       tagNumber = 0x0008103E
	tagManufacturerModelName   tagNumber = 0x00081090
	tagAnatomicRegionSequence  tagNumber = 0x00082218
	tagCodeValue               tagNumber = 0x00080100
	tagCodeMeaning             tagNumber = 0x00080104
	tagPatientName             tagNumber = 0x00100010
	tagPatientID               tagNumber = 0x00100020
	tagPatientBirthDate        tagNumber = 0x00100030
	tagPatientSex              tagNumber = 0x00100040
	tagPatientAge              tagNumber = 0x00101010
	tagBodyPartExamined        tagNumber = 0x00180015
	tagProtocolName            tagNumber = 0x00181030
	tagDistanceToDetector      tagNumber = 0x00181110
	tagDistanceToPatient       tagNumber = 0x00181111
	tagMagnification           tagNumber = 0x00181114
	tagImagerPixelSpacing      tagNumber = 0x00181164
	tagNominalScannedSpacing   tagNumber = 0x00182010
	tagDeviceProcessing        tagNumber = 0x00181400
	tagPatientPosition         tagNumber = 0x00185100
	tagViewPosition            tagNumber = 0x00185101
	tagStudyInstanceUID        tagNumber = 0x0020000D
	tagSeriesInstanceUID       tagNumber = 0x0020000E
	tagSeriesNumber            tagNumber = 0x00200011
	tagInstanceNumber          tagNumber = 0x00200013
	tagPatientOrientation      tagNumber = 0x00200020
	tagLaterality              tagNumber = 0x00200060
	tagImageLaterality         tagNumber = 0x00200062
	tagPerformedStep           tagNumber = 0x00400254
	tagViewCodeSequence        tagNumber = 0x00540220
	tagFrameLaterality         tagNumber = 0x00209072
	tagSharedFunctionalGroups  tagNumber = 0x52009229
	tagPerFrameFunctional      tagNumber = 0x52009230
	tagPixelMeasuresSequence   tagNumber = 0x00289110
	tagPixelValueTransform     tagNumber = 0x00289145
	tagFrameVOILUTSequence     tagNumber = 0x00289132
	tagSamplesPerPixel         tagNumber = 0x00280002
	tagPhotometric             tagNumber = 0x00280004
	tagPlanarConfiguration     tagNumber = 0x00280006
	tagNumberOfFrames          tagNumber = 0x00280008
	tagRows                    tagNumber = 0x00280010
	tagColumns                 tagNumber = 0x00280011
	tagPixelSpacing            tagNumber = 0x00280030
	tagPixelAspectRatio        tagNumber = 0x00280034
	tagBitsAllocated           tagNumber = 0x00280100
	tagBitsStored              tagNumber = 0x00280101
	tagHighBit                 tagNumber = 0x00280102
	tagPixelRepresentation     tagNumber = 0x00280103
	tagPixelPaddingValue       tagNumber = 0x00280120
	tagPixelPaddingRangeLimit  tagNumber = 0x00280121
	tagBurnedInAnnotation      tagNumber = 0x00280301
	tagPixelSpacingCalibration tagNumber = 0x00280A02
	tagWindowCenter            tagNumber = 0x00281050
	tagWindowWidth             tagNumber = 0x00281051
	tagRescaleIntercept        tagNumber = 0x00281052
	tagRescaleSlope            tagNumber = 0x00281053
	tagRescaleType             tagNumber = 0x00281054
	tagWindowExplanation       tagNumber = 0x00281055
	tagVOILUTFunction          tagNumber = 0x00281056
	tagRedPaletteDescriptor    tagNumber = 0x00281101
	tagGreenPaletteDescriptor  tagNumber = 0x00281102
	tagBluePaletteDescriptor   tagNumber = 0x00281103
	tagRedPaletteData          tagNumber = 0x00281201
	tagGreenPaletteData        tagNumber = 0x00281202
	tagBluePaletteData         tagNumber = 0x00281203
	tagRedPaletteSegmented     tagNumber = 0x00281221
	tagGreenPaletteSegmented   tagNumber = 0x00281222
	tagBluePaletteSegmented    tagNumber = 0x00281223
	tagLossyImageCompression   tagNumber = 0x00282110
	tagModalityLUTSequence     tagNumber = 0x00283000
	tagLUTDescriptor           tagNumber = 0x00283002
	tagLUTExplanation          tagNumber = 0x00283003
	tagModalityLUTType         tagNumber = 0x00283004
	tagLUTData                 tagNumber = 0x00283006
	tagVOILUTSequence          tagNumber = 0x00283010
	tagPresentationLUTSequence tagNumber = 0x20500010
	tagPresentationLUTShape    tagNumber = 0x20500020
	tagFloatPixelData          tagNumber = 0x7FE00008
	tagDoublePixelData         tagNumber = 0x7FE00009
	tagPixelData               tagNumber = 0x7FE00010

	tagItem                tagNumber = 0xFFFEE000
	tagItemDelimiter       tagNumber = 0xFFFEE00D
	tagSequenceDelimiter   tagNumber = 0xFFFEE0DD
	tagDataSetTrailingFill tagNumber = 0xFFFCFFFC
)

// Transfer syntaxes that decide how the data set itself is encoded; all
// others are explicit little endian with compressed pixels.
const (
	syntaxImplicitLittle = "1.2.840.10008.1.2"
	syntaxExplicitLittle = "1.2.840.10008.1.2.1"
	syntaxDeflated       = "1.2.840.10008.1.2.1.99"
	syntaxExplicitBig    = "1.2.840.10008.1.2.2"
	// syntaxGEPrivate is implicit little endian with big endian pixels.
	syntaxGEPrivate = "1.2.840.113619.5.2"
)
