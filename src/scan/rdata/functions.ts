/** What R's functions do when a call of them is evaluated: what a model has no use for. The sources are the manual pages of base and utils. */
export const ACTING: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "starts a program": "system system2 shell shell.exec pipe fifo Sys.setenv",
    "evaluates text or any call":
      "eval evalq eval.parent parse str2lang str2expression source sys.source do.call match.fun Recall local delayedAssign makeActiveBinding reg.finalizer",
    "loads machine code":
      "dyn.load library.dynam loadNamespace requireNamespace attachNamespace library require .Call .External .External2 .C .Fortran .Internal",
    "reads or writes files":
      "file gzfile bzfile xzfile unz writeLines readLines writeBin readBin cat sink save saveRDS load readRDS unserialize write write.table write.csv dput dump file.copy file.rename file.remove file.append unlink readRenviron attach",
    "talks to the network": "url download.file socketConnection socketSelect serverSocket browseURL curl_fetch_memory GET POST",
    "changes the session": "assign setHook options on.exit trace untrace assignInNamespace assignInMyNamespace unlockBinding Sys.setFileTime quit q",
    "installs packages": "install.packages update.packages",
  }).flatMap(([what, names]) => names.split(" ").map((name) => [name, what] as const)),
);

/** Of those, what a name among the constants of bytecode is enough for: no variable of an honest function has it. */
export const PROGRAMS: ReadonlySet<string> = new Set(["system", "system2", "shell", "shell.exec", "dyn.load"]);

/** Of those, what data have columns and models have arguments of the same name: as a name they act only where something calls what it is given. */
export const COLUMNS: ReadonlySet<string> = words(
  "cat dump file library load local options pipe q quit require save shell sink source trace url write",
);

/**
 * What the formulas of honest models are made of: operators, arithmetic and terms, which call nothing that they are given. Formulas are evaluated with new
 * data.
 */
export const TERMS: ReadonlySet<string> = words(
  "~ + - * / ^ : %% %/% %*% %in% %o% %x% ( { [ [[ $ @ == != < > <= >= & && | || ! :: ::: quote I c list cbind rbind",
  "log log2 log10 log1p exp expm1 sqrt abs sin cos tan asin acos atan atan2 sinh cosh tanh gamma lgamma beta lbeta choose factorial",
  "if any all stop warning gettextf NCOL NROW is.factor is.finite is.character is.numeric levels nlevels rep.int attr as.logical",
  "round floor ceiling trunc signif sign cumsum cumprod cummax cummin min max pmin pmax range mean median sum prod sd var quantile scale",
  "factor ordered as.factor as.ordered as.numeric as.integer as.double as.character as.logical as.Date as.matrix as.vector as.name",
  "rep rev seq seq_len seq_along length nrow ncol dim names nchar toupper tolower paste paste0 substr is.na is.null ifelse cut findInterval relevel",
  "interaction diff lag order sort unique table matrix vector data.frame array numeric integer character logical structure class",
  "months weekdays quarters format difftime julian complete.cases na.omit na.fail na.exclude na.pass",
  "SSasymp SSasympOff SSasympOrig SSbiexp SSfol SSfpl SSgompertz SSlogis SSmicmen SSweibull",
  "contrasts contr.treatment contr.sum contr.poly contr.helmert offset weights stack dist ts ar spline",
  "poly polym ns bs pspline ridge s te ti t2 lo random strata cluster frailty tt Surv Error mo me cs gp nl fs bols bbs btree brandom rcs lsp pol",
  "binomial gaussian poisson Gamma inverse.gaussian quasi quasibinomial quasipoisson negative.binomial betar nb tw scat cox.ph multinom",
);

/** What honest stored calls name beside terms: functions of base R and of common packages that fit a model. These calls are kept for printing and update(). */
export const FITS: ReadonlySet<string> = words(
  "formula as.formula terms update model.frame model.matrix",
  "lm glm glm.nb nls loess lowess stepfun nlsModel numericDeriv aov manova anova ppr supsmu smooth.spline splinefun approxfun ecdf density optim optimize nlm nlminb step",
  "prcomp princomp factanal cmdscale hclust kmeans cutree arima arima0 HoltWinters stl StructTS decompose isoreg mle loglin",
  "lme gls nlme lmer glmer nlmer gam bam gamm gamlss vglm rq rlm lqs lda qda mda fda rda knn knn3 knnreg nnet multinom polr tree rpart",
  "randomForest ranger cforest ctree lmtree glmtree C5.0 cubist J48 M5P svm ksvm rvm gausspr naiveBayes naive_bayes earth mars ada adaboost gbm bagging",
  "xgboost xgb.train xgb.DMatrix lightgbm lgb.train catboost.train glmnet cv.glmnet lars enet elasticnet train trainControl preProcess caretList",
  "coxph survreg survfit survdiff cph psm lrm ols orm rms datadist flexsurvreg aareg rfsrc Arima auto.arima ets tbats nnetar prophet",
  "recipe step_normalize step_dummy workflow linear_reg logistic_reg rand_forest boost_tree set_engine set_mode fit brm stan_glm stan_lm",
);

/** What calls the functions that it is given, many of them by a text with the name. The first ones are among what fits a model. */
export const CALLERS: ReadonlySet<string> = words(
  "optim optimize nlm nlminb numericDeriv",
  "optimise optimHess uniroot integrate sapply lapply vapply mapply rapply apply eapply tapply outer aggregate by ave Map Reduce Filter Find Position Vectorize",
  "map map2 pmap imap walk map_chr map_dbl map_int map_lgl exec invoke parLapply parSapply mclapply clusterCall clusterApply future_map",
);

/** What gives back the thing of a name, whatever it is. */
export const LOOKUPS: ReadonlySet<string> = words(
  "get get0 mget dynGet getFunction getFromNamespace getExportedValue getElement as.name as.symbol as.function call as.call .Primitive",
);

/** A name that has another meaning from here on. */
export const ASSIGNS: ReadonlySet<string> = words("<- <<- =");

/** What makes one text of others. */
export const TEXTUAL: ReadonlySet<string> = words(
  "paste paste0 sprintf c ( { if ifelse rev rep toupper tolower substr substring as.character format unlist strsplit gsub sub chartr",
);

/** `randomForest.default` and `glm.fit` are parts of what they begin with. */
const PART = /\.(?:default|formula|fit|matrix|data\.frame|lm|glm)$/;

export function isOrdinary(name: string): boolean {
  return withoutPart(name).some((whole) => TERMS.has(whole) || FITS.has(whole));
}

/** Fits a model, or makes a formula, and stands in no formula. */
export function isFit(name: string): boolean {
  return withoutPart(name).some((whole) => FITS.has(whole) && !TERMS.has(whole));
}

function withoutPart(name: string): readonly string[] {
  return [name, name.replace(PART, "")];
}

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(" ")));
}

/** Classes of base R's alternative representations, which rebuild numbers and texts. `mmap_` maps a file that the object names, and is not among them. */
export const PLAIN_ALTERNATIVES: ReadonlySet<string> = new Set(
  "compact_intseq compact_realseq deferred_string wrap_integer wrap_logical wrap_real wrap_complex wrap_raw wrap_string wrap_list".split(" "),
);
