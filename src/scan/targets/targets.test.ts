import { describe, expect, it } from "vitest";
import { judgeBundleExpression, judgeExpression, judgeGadget, judgeTarget } from "./index.ts";

const USE = { called: true, shapes: [] };

describe("a name that a configuration has called", () => {
  it.each([
    ["UNet", false, "medium", "UNet"],
    ["UNet", true, null, "monai.networks.UNet"],
    ["LoadImaged", true, null, "monai.transforms.LoadImaged"],
    ["CheckpointLoader", true, "medium", "monai.handlers.CheckpointLoader"],
    ["NoSuchComponent", true, "medium", "NoSuchComponent"],
    ["constructor", true, "medium", "constructor"],
    ["run_cmd", false, "high", "monai.run_cmd"],
    ["monai.utils.misc.run_cmd", false, "high", "monai.utils.misc.run_cmd"],
    ["eval", true, "critical", "builtins.eval"],
    ["open", true, "high", "builtins.open"],
    ["os.system", true, "critical", "os.system"],
    ["monai.handlers.CheckpointLoader", false, "medium", "monai.handlers.CheckpointLoader"],
    ["detectron2.solver.build.get_default_optimizer_params", false, "medium", "detectron2.solver.build.get_default_optimizer_params"],
    ["detectron2.config.instantiate", false, "high", "detectron2.config.instantiate"],
    ["transformers.AutoModel.from_pretrained", false, "high", "transformers.AutoModel.from_pretrained"],
    ["speechbrain.utils.importutils.load", false, "high", "speechbrain.utils.importutils.load"],
    ["requests.get", false, "high", "requests.get"],
    ["torch.hub.load", false, "critical", "torch.hub.load"],
  ] as const)("%s (in a bundle: %s) is %s", (name, bundle, severity, canonical) => {
    const judgement = judgeTarget(name, { ...USE, bundle });
    expect([judgement.severity, judgement.canonical]).toEqual([severity, canonical]);
  });

  it("is judged as in a pickle where PyYAML builds it", () => {
    expect(judgeTarget("detectron2.solver.build.get_default_optimizer_params", { ...USE, pickleLike: true }).severity).toBe("high");
    expect(judgeTarget("eval", { ...USE, pickleLike: true }).canonical).toBe("builtins.eval");
  });

  it("under a key that few loaders import by counts where it acts", () => {
    expect(judgeGadget("monai.bundle.scripts:download")?.severity).toBe("high");
    expect(judgeGadget("monai.networks:UNet")).toBeNull();
  });
});

describe("an expression of a bundle", () => {
  it.each([
    ["$@a + 1", null],
    ["$@bundle_root + '/eval/model_FT'", null],
    ["$list(sorted(glob.glob(@dataset_dir + '/*.nii')))", "medium"],
    ["$setattr(torch.backends.cudnn, 'benchmark', True)", "medium"],
    ["$torch.device('cuda:' + os.environ['LOCAL_RANK'])", "medium"],
    ["$pd.read_csv(@bundle_root + '/test.csv')", "medium"],
    ["$@network.eval()", "medium"],
    ["$json.load(open(@dataset_json))", "medium"],
    ["$import os", "medium"],
    ["$torch.load(@ckpt)", "medium"],
    ["$__import__('os').system('id')", "high"],
    ["$os.system('id')", "high"],
    ["$os . system('id')", "high"],
    ["$o.system('id')", "high"],
    ["$os.path.os.system('id')", "high"],
    ["$(os).system('id')", "high"],
    ["$getattr(os, 'sys' + 'tem')('id')", "high"],
    ["$getattr(torch.os, 'system')('id')", "high"],
    ["$setattr(torch, 'load', @x)", "high"],
    ["$list(map(os.system, ['id']))", "high"],
    ["$f'{os.system(\"id\")}'", "high"],
    ["$f'{@x[\"a\"]}' + os.system('id') + ''", "high"],
    ["$eval('1')", "high"],
    ["$\uff45val('1')", "high"],
    ["$open('x', 'w').write('y')", "high"],
    ["$from os import system", "high"],
    ["$urllib.request.urlretrieve('http://x/y', 'y')", "high"],
    ["$monai.utils.run_cmd(['id'])", "high"],
    ["$run_cmd(['id'])", "high"],
    ["$torch.hub.load('a/b', 'c')", "high"],
    [`$[${"a.b, ".repeat(500)}os.system('id')]`, "high"],
    [`$[${" ".repeat(5000)}1]`, "high"],
  ] as const)("%s is %s", (text, severity) => expect(judgeBundleExpression(text)).toBe(severity));

  it("reads files where a person sees it, which arithmetic for a resolver does not", () => {
    expect(judgeExpression("open('x').read()")).toBe("high");
    expect(judgeExpression("'open(\"x\").read()'")).toBe("high");
    expect(judgeExpression("int(2 * 3)")).toBeNull();
  });
});
