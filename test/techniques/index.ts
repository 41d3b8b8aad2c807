import { CONFIGURATION_TECHNIQUES } from "./configuration.ts";
import { CONTAINER_TECHNIQUES } from "./containers.ts";
import { FRAMEWORK_TECHNIQUES } from "./frameworks.ts";
import { GADGET_TECHNIQUES } from "./gadgets.ts";
import { GRAPH_TECHNIQUES } from "./graphs.ts";
import { IMAGE_TECHNIQUES } from "./images.ts";
import { NAME_TECHNIQUES } from "./names.ts";
import { OLLAMA_TECHNIQUES } from "./ollama.ts";
import { PICKLE_TECHNIQUES } from "./pickle.ts";
import { PICTURE_TECHNIQUES } from "./pictures.ts";
import { PROGRAM_TECHNIQUES } from "./programs.ts";
import { SOUND_TECHNIQUES } from "./sounds.ts";
import type { Technique } from "./technique.ts";
import { TEMPLATE_CODE_TECHNIQUES } from "./template-code.ts";
import { TEMPLATE_TECHNIQUES } from "./templates.ts";
import { TENSOR_TECHNIQUES } from "./tensors.ts";
import { TORCH_TECHNIQUES } from "./torch.ts";
import { VALUE_TECHNIQUES } from "./values.ts";
import { WRAPPED_TECHNIQUES } from "./wrapped.ts";

/** Every technique that we have an example of our own for. */
export const TECHNIQUES: readonly Technique[] = [
  ...PICKLE_TECHNIQUES,
  ...GADGET_TECHNIQUES,
  ...CONTAINER_TECHNIQUES,
  ...CONFIGURATION_TECHNIQUES,
  ...FRAMEWORK_TECHNIQUES,
  ...GRAPH_TECHNIQUES,
  ...TEMPLATE_TECHNIQUES,
  ...PICTURE_TECHNIQUES,
  ...SOUND_TECHNIQUES,
  ...OLLAMA_TECHNIQUES,
  ...VALUE_TECHNIQUES,
  ...IMAGE_TECHNIQUES,
  ...NAME_TECHNIQUES,
  ...PROGRAM_TECHNIQUES,
  ...TEMPLATE_CODE_TECHNIQUES,
  ...TENSOR_TECHNIQUES,
  ...TORCH_TECHNIQUES,
  ...WRAPPED_TECHNIQUES,
];
