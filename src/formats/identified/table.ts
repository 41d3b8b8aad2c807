/** A format that is told by bytes at a fixed place and whose content no examiner reads yet. */
export interface Signature {
  readonly id: string;
  /** For a person. */
  readonly name: string;
  /** Bytes as Latin-1. One of printable characters only counts in binary files: with a NUL among the first bytes. */
  readonly magic: string;
  /** Offset of the magic, 0 unless given; negative counts from the end. */
  readonly at?: number;
  /** The format is text, so that no NUL is asked for. */
  readonly text?: true;
}

/**
 * Sources: the formats' own specifications, and for older ones the file(1) magic database. A new format is one line; it leaves this table when its
 * examiner comes.
 */
export const SIGNATURES: readonly Signature[] = [
  // Models and tensors
  { id: "litertlm", name: "LiteRT-LM bundle", magic: "LITERTLM" },
  { id: "tensorrt-engine", name: "TensorRT engine: code for one GPU, and plugins that it loads by name", magic: "ptrt" },
  { id: "tensorrt-engine", name: "TensorRT engine: code for one GPU, and plugins that it loads by name", magic: "ftrt" },
  { id: "rknn", name: "RKNN model", magic: "RKNN" },
  { id: "hef", name: "Hailo model", magic: "\x01HEF" },
  { id: "ocdbt", name: "store of tensors (OCDBT, as Orbax writes it)", magic: "\x0c\xdb\x3a\x2a" },
  { id: "ocdbt", name: "store of tensors (OCDBT, as Orbax writes it)", magic: "\x0c\xdb\x20\xde" },
  { id: "ocdbt", name: "store of tensors (OCDBT, as Orbax writes it)", magic: "\x0c\xdb\x12\x34" },
  { id: "mxnet-params", name: "MXNet parameters", magic: "\x12\x01\0\0\0\0\0\0" },
  { id: "ncnn-param", name: "NCNN model", magic: "7767517\n", text: true },
  { id: "matlab", name: "MATLAB file", magic: "MATLAB 5.0 MAT-file" },
  { id: "kenlm", name: "KenLM language model", magic: "mmap lm http://kheafield.com/code" },
  { id: "openfst", name: "OpenFst transducer, which may name a library for its type", magic: "\xd6\xfd\xb2\x7e" },
  // Tables and databases
  { id: "parquet", name: "Parquet table", magic: "PAR1" },
  { id: "arrow", name: "Arrow file", magic: "ARROW1\0\0" },
  { id: "arrow", name: "Feather file", magic: "FEA1" },
  { id: "avro", name: "Avro file", magic: "Obj\x01" },
  { id: "sqlite", name: "SQLite database", magic: "SQLite format 3\0" },
  { id: "lmdb", name: "LMDB database", magic: "\xde\xc0\xef\xbe", at: 16 },
  // Archives and images of disks that are not opened yet
  { id: "rar", name: "RAR archive, or a volume of one", magic: "Rar!\x1a\x07" },
  { id: "cab", name: "Cabinet archive", magic: "MSCF\0\0\0\0" },
  { id: "ar", name: "ar archive (static library, Debian package)", magic: "!<arch>\n", text: true },
  { id: "rpm", name: "RPM package", magic: "\xed\xab\xee\xdb" },
  { id: "xar", name: "xar archive (macOS package)", magic: "xar!" },
  { id: "squashfs", name: "SquashFS image", magic: "hsqs" },
  { id: "iso9660", name: "ISO 9660 image", magic: "CD001", at: 32769 },
  { id: "zoo", name: "ZOO archive", magic: "\xdc\xa7\xc4\xfd", at: 20 },
  { id: "ace", name: "ACE archive", magic: "**ACE**", at: 7 },
  { id: "wim", name: "Windows image (WIM)", magic: "MSWIM\0\0\0" },
  { id: "dmg", name: "Apple disk image", magic: "koly\0\0\0\x04", at: -512 },
  { id: "disk-image", name: "virtual disk (QCOW)", magic: "QFI\xfb" },
  { id: "disk-image", name: "virtual disk (VMDK)", magic: "KDMV\x01\0\0\0" },
  { id: "disk-image", name: "virtual disk (VHDX)", magic: "vhdxfile" },
  { id: "lzip", name: "lzip file", magic: "LZIP\x01" },
  { id: "lzop", name: "lzop file", magic: "\x89LZO\0\r\n\x1a\n" },
  { id: "compress", name: "compress (.Z) file", magic: "\x1f\x9d" },
  // Bytecode and serialised objects
  { id: "lua-bytecode", name: "Lua bytecode", magic: "\x1bLua" },
  { id: "lua-bytecode", name: "LuaJIT bytecode", magic: "\x1bLJ" },
  { id: "llvm-bitcode", name: "LLVM bitcode", magic: "BC\xc0\xde" },
  { id: "spirv", name: "SPIR-V code for a GPU", magic: "\x03\x02\x23\x07" },
  { id: "metal-library", name: "Metal code for a GPU", magic: "MTLB\x01" },
  { id: "cuda-fatbin", name: "CUDA code for several GPUs", magic: "\x50\xed\x55\xba\x01\0\x10\0" },
  { id: "offload-bundle", name: "code for several processors and GPUs (clang)", magic: "__CLANG_OFFLOAD_BUNDLE__" },
  { id: "beam", name: "Erlang bytecode", magic: "BEAM", at: 8 },
  { id: "windows-link", name: "Windows shortcut, which starts what it names", magic: "L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" },
  { id: "chm", name: "compiled HTML help, which can run scripts", magic: "ITSF\x03\0\0\0" },
  { id: "jmod", name: "Java module", magic: "JM\x01\0" },
  { id: "dex", name: "Android bytecode", magic: "dex\n0" },
  { id: "java-serialized", name: "serialised Java objects", magic: "\xac\xed\0\x05" },
  { id: "dotnet-serialized", name: "serialised .NET objects", magic: "\0\x01\0\0\0\xff\xff\xff\xff" },
  { id: "ole", name: "OLE compound file (Office document, Windows installer)", magic: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
  { id: "rtf", name: "RTF document", magic: "{\\rtf", text: true },
  // Fonts
  { id: "font", name: "OpenType font", magic: "OTTO\0" },
  { id: "font", name: "web font", magic: "wOFF" },
  { id: "font", name: "web font", magic: "wOF2" },
];
