/**
 * Types of nodes that ComfyUI itself comes with (`nodes.py` and `comfy_extras`): they load models by name from its own folders, compute, and write images
 * to its own output folder. Any other comes from a package of custom nodes, which ComfyUI-Manager offers to install when the workflow is opened.
 */
const OWN_NODES = (
  "KSampler KSamplerAdvanced SamplerCustom SamplerCustomAdvanced KSamplerSelect BasicScheduler BasicGuider CFGGuider DualCFGGuider RandomNoise DisableNoise " +
  "KarrasScheduler ExponentialScheduler PolyexponentialScheduler SDTurboScheduler BetaSamplingScheduler AlignYourStepsScheduler SplitSigmas FlipSigmas " +
  "CheckpointLoaderSimple CheckpointLoader unCLIPCheckpointLoader ImageOnlyCheckpointLoader DiffusersLoader UNETLoader CLIPLoader DualCLIPLoader " +
  "TripleCLIPLoader QuadrupleCLIPLoader VAELoader LoraLoader LoraLoaderModelOnly ControlNetLoader DiffControlNetLoader StyleModelLoader CLIPVisionLoader " +
  "GLIGENLoader UpscaleModelLoader HypernetworkLoader PhotoMakerLoader CLIPTextEncode CLIPTextEncodeSDXL CLIPTextEncodeSDXLRefiner CLIPTextEncodeFlux " +
  "CLIPTextEncodeSD3 CLIPTextEncodeHunyuanDiT CLIPSetLastLayer CLIPVisionEncode VAEDecode VAEEncode VAEEncodeForInpaint VAEDecodeTiled VAEEncodeTiled " +
  "EmptyLatentImage EmptySD3LatentImage EmptyHunyuanLatentVideo LatentUpscale LatentUpscaleBy LatentFromBatch RepeatLatentBatch LatentComposite " +
  "LatentBlend LatentRotate LatentFlip LatentCrop SetLatentNoiseMask LoadLatent SaveLatent ConditioningAverage ConditioningCombine ConditioningConcat " +
  "ConditioningSetArea ConditioningSetAreaPercentage ConditioningSetMask ConditioningZeroOut ConditioningSetTimestepRange ControlNetApply " +
  "ControlNetApplyAdvanced ControlNetApplySD3 StyleModelApply unCLIPConditioning GLIGENTextBoxApply FluxGuidance InpaintModelConditioning LoadImage " +
  "LoadImageMask LoadImageOutput SaveImage PreviewImage SaveAnimatedWEBP SaveAnimatedPNG ImageScale ImageScaleBy ImageScaleToTotalPixels ImageInvert " +
  "ImageBatch ImagePadForOutpaint ImageUpscaleWithModel ImageBlend ImageBlur ImageSharpen ImageQuantize ImageCrop EmptyImage ImageToMask MaskToImage " +
  "ImageColorToMask SolidMask InvertMask CropMask MaskComposite FeatherMask GrowMask ThresholdMask ImageCompositeMasked PorterDuffImageComposite " +
  "ModelMergeSimple ModelMergeBlocks ModelMergeSubtract ModelMergeAdd CheckpointSave CLIPSave VAESave CLIPMergeSimple ModelSamplingDiscrete " +
  "ModelSamplingContinuousEDM ModelSamplingSD3 ModelSamplingFlux ModelSamplingAuraFlow RescaleCFG FreeU FreeU_V2 HyperTile PatchModelAddDownscale " +
  "SelfAttentionGuidance PerturbedAttentionGuidance TomePatchModel SVD_img2vid_Conditioning VideoLinearCFGGuidance StableZero123_Conditioning CreateVideo " +
  "SaveVideo LoadVideo GetVideoComponents LoadAudio SaveAudio PreviewAudio VAEDecodeAudio VAEEncodeAudio EmptyLatentAudio Note MarkdownNote Reroute " +
  "PrimitiveNode PrimitiveInt PrimitiveFloat PrimitiveString PrimitiveStringMultiline PrimitiveBoolean PreviewAny Canny"
).split(" ");
const OWN: ReadonlySet<string> = new Set(OWN_NODES);
/** A subgraph that the workflow itself defines, by its id. */
const SUBGRAPH = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|^workflow[>/]/;

export function isOwnNode(type: string): boolean {
  return OWN.has(type) || SUBGRAPH.test(type);
}
