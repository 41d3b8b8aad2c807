/** What the serialiser of TorchScript writes. Read from torch/csrc/jit/serialization/python_print.cpp, import_source.cpp and aten/src/ATen/core/jit_type.h of PyTorch. */
function set(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/** Names in the importer's environment, and built-in functions and types of TorchScript itself. None reaches Python. */
export const ENVIRONMENT = set(`
  __torch__ aten CONSTANTS fork awaitable annotate unchecked_cast uninitialized inf nan infj nanj op_version_set
  int float bool str complex print sorted range len list tuple dict zip enumerate min max abs all any sum round hasattr isinstance ord chr hex oct bin
  divmod pow reversed rangelist format unchecked_unwrap_optional _unwrap_optional tolist
  Tensor Device Generator Stream Storage QScheme NoneType Any AnyEnumType AnyListType AnyTupleType AnyClassType number Scalar ScalarType Layout MemoryFormat
  List Dict Tuple Optional Union Future Await RRef PyObject Capsule SymInt SymFloat SymBool Function Final BroadcastingList1 BroadcastingList2
  BroadcastingList3 BroadcastingList4 Module NamedTuple Interface ModuleInterface Enum Exception
`);

/** What a class may derive from. */
export const BASES = set("Module NamedTuple Interface ModuleInterface Enum Exception");

/** Fields of a module, and methods of Python's data model that a scripted class may define and call. */
export const DUNDERS = set(`
  __torch__ __parameters__ __buffers__ __annotations__ __constants__ __forward_pre_hooks__ __forward_hooks__ __overloads__ __new__ __main__
  __init__ __len__ __getitem__ __setitem__ __delitem__ __contains__ __call__ __enter__ __exit__ __iter__ __next__ __str__ __repr__ __hash__ __bool__ __int__
  __float__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __pow__ __neg__ __pos__ __abs__ __invert__
  __and__ __or__ __xor__ __lshift__ __rshift__ __matmul__ __radd__ __rsub__ __rmul__ __rtruediv__ __iadd__ __isub__ __imul__ __itruediv__ __getstate__
  __setstate__ __is__ __isnot__ __not__
`);

/** Paths below `torch` of more than one name. */
export const TORCH_PATHS = set("autograd.backward autograd.grad");

/** Operator libraries that PyTorch and torchvision register by themselves. */
export const OPERATOR_LIBRARIES = set(`
  aten prim prims quantized _quantized quantized_decomposed sparse mkldnn mkldnn_prepacked onednn prepacked profiler static_runtime cuda cudnn metal
  metal_prepack vulkan vulkan_prepack xnnpack _caffe2 onnx tensorexpr torchvision _nnapi c10 nvprims
`);

/** Operators that read or write a file whose name they are given. */
export const FILE_OPERATORS = set(`
  torch.from_file torch.save torch.load ops.aten.from_file ops.aten.save ops.aten.load ops.image.read_file ops.image.write_file ops.prim.PythonOp
  ops.torchaudio.sox_io_save_audio_file ops.torchaudio.sox_io_load_audio_file
`);
