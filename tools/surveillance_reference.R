# Write tests/clusters/reference/*.csv: what R surveillance answers on small series.
#
#     Rscript tools/surveillance_reference.R [FOLDER]
#
# Its fits stop at a relative change of the deviance of 1e-8, which leaves the dispersion right to about 1e-4 only; here
# they go on to 1e-14, so that the comparison is of methods, not of where an iteration stops.

suppressMessages(library(surveillance))
folder <- commandArgs(trailingOnly = TRUE)[1]
if (is.na(folder)) folder <- "tests/clusters/reference"
converged <- function(epsilon = 1e-14, maxit = 100, trace = FALSE) list(epsilon = epsilon, maxit = maxit, trace = trace)
assignInNamespace("glm.control", converged, "stats")

save <- function(name, table) {
  file <- file(file.path(folder, paste0(name, ".csv")), "w")
  writeLines(sprintf("# %s, surveillance %s", sub(" \\(.*", "", R.version.string), packageVersion("surveillance")), file)
  write.csv(format(table, digits = 12, trim = TRUE), file, row.names = FALSE, quote = FALSE)
  close(file)
}

# Synthetic weekly counts: a season, a trend, an outbreak of the past and one at the end.
synthetic <- function(seed, n, level, trend, outbreak) {
  set.seed(seed)
  week <- seq_len(n)
  count <- rnbinom(n, mu = exp(level + 0.5 * sin(2 * pi * week / 52) + trend * week), size = 8)
  count[200:203] <- count[200:203] + outbreak
  count[(n - 2):n] <- count[(n - 2):n] + outbreak
  count
}
n <- 340
series <- list(
  common = synthetic(3, n, 1.6, 0.002, 20), rising = synthetic(4, n, 0.5, 0.008, 15), rare = synthetic(5, n, -1, 0, 3)
)
rare <- series$rare
rare[(seq_len(n) %% 52) %in% 20:26] <- 0
series$rare <- rare
data(salmonella.agona)
series$agona <- salmonella.agona$observed
people <- round(50000 * exp(0.001 * seq_len(n)))
save("series", data.frame(
  series = rep(names(series), lengths(series)), week = unlist(lapply(series, seq_along)), count = unlist(series),
  population = unlist(lapply(series, function(count) if (length(count) == n) people else rep(1, length(count))))
))

made <- function(count, population = NULL) {
  if (is.null(population)) return(sts(observed = count, frequency = 52, start = c(2001, 1)))
  sts(observed = count, frequency = 52, start = c(2001, 1), population = matrix(population))
}
options_of_flexible <- list(
  noufaily = list(noPeriods = 10, pastWeeksNotIncluded = 26, pThresholdTrend = 1, thresholdMethod = "nbPlugin", alpha = 0.01),
  muan = list(noPeriods = 10, pastWeeksNotIncluded = 26, pThresholdTrend = 1, thresholdMethod = "muan", alpha = 0.05),
  delta = list(noPeriods = 10, pastWeeksNotIncluded = 26, pThresholdTrend = 1, thresholdMethod = "delta", alpha = 0.05),
  windows = list(noPeriods = 1, pastWeeksNotIncluded = 3, weightsThreshold = 1, pThresholdTrend = 0.05, alpha = 0.05),
  half = list(noPeriods = 5, b = 4, w = 2, pastWeeksNotIncluded = 20, powertrans = "1/2", alpha = 0.1),
  none = list(noPeriods = 10, b = 3, w = 4, powertrans = "none", alpha = 0.1, limit54 = c(20, 6)),
  unweighted = list(noPeriods = 10, b = 4, reweight = FALSE, pastWeeksNotIncluded = 26, alpha = 0.05),
  level = list(noPeriods = 10, b = 5, trend = FALSE, pastWeeksNotIncluded = 26, alpha = 0.05),
  offset = list(noPeriods = 10, pastWeeksNotIncluded = 26, pThresholdTrend = 1, populationOffset = TRUE, alpha = 0.05)
)
rows <- list()
for (name in names(series)) for (set in names(options_of_flexible)) {
  count <- series[[name]]
  if (set == "offset" && length(count) != n) next
  weeks <- (length(count) - 7):length(count)
  control <- c(list(range = weeks), options_of_flexible[[set]])
  population <- if (set == "offset") people else NULL
  found <- suppressWarnings(farringtonFlexible(made(count, population), control = control))
  answer <- found@control
  rows[[paste(name, set)]] <- data.frame(
    series = name, options = set, week = weeks, upperbound = c(upperbound(found)), alarm = as.integer(alarms(found)),
    expected = c(answer$expected), mu0 = c(answer$mu0Vector), phi = c(answer$phiVector),
    coefficient = c(answer$trendVector), trend = as.integer(answer$trend), score = c(answer$score),
    pvalue = c(answer$pvalue)
  )
}
save("farrington_flexible", do.call(rbind, rows))

# By the calendar: weeks that begin on Mondays, through years of 53 weeks.
count <- series$common
monday <- as.Date("2012-01-02") + 7 * (seq_along(count) - 1)
dated <- sts(observed = count, frequency = 52, epoch = as.numeric(monday), epochAsDate = TRUE)
weeks <- (n - 50):n
found <- suppressWarnings(farringtonFlexible(dated, control = c(list(range = weeks), options_of_flexible$noufaily)))
save("farrington_dated", data.frame(
  week = weeks, upperbound = c(upperbound(found)), alarm = as.integer(alarms(found)),
  expected = c(found@control$expected), phi = c(found@control$phiVector)
))

rows <- list()
for (name in names(series)) for (power in c("none", "1/2", "2/3")) {
  count <- series[[name]]
  weeks <- (length(count) - 9):length(count)
  found <- farrington(made(count), control = list(range = weeks, powertrans = power, alpha = 0.05), verbose = FALSE)
  rows[[paste(name, power)]] <- data.frame(
    series = name, power = power, week = weeks, upperbound = c(upperbound(found)), alarm = as.integer(alarms(found))
  )
}
save("farrington", do.call(rbind, rows))

rows <- list()
for (name in names(series)) for (variant in c("C1", "C2")) for (least in c(0, 0.5)) {
  found <- earsC(made(series[[name]]), control = list(range = 20:32, method = variant, minSigma = least))
  rows[[paste(name, variant, least)]] <- data.frame(
    series = name, variant = variant, least_deviation = least, week = 20:32, upperbound = c(upperbound(found)),
    alarm = as.integer(alarms(found))
  )
}
save("ears", do.call(rbind, rows))

rows <- list()
for (name in c("common", "rare")) for (kind in c("standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "glm")) {
  control <- list(range = 105:125, k = 1.04, h = 2.26, trans = if (kind == "glm") "rossi" else kind)
  if (kind == "glm") control$m <- "glm"
  if (kind == "pearsonNegBin") control$alpha <- 0.2
  found <- algo.cusum(sts2disProg(made(series[[name]])), control = control)
  rows[[paste(name, kind)]] <- data.frame(
    series = name, kind = kind, week = 105:125, statistic = c(found$cusum), upperbound = c(found$upperbound),
    alarm = as.integer(found$alarm), mean = c(rep(found$control$m, length.out = 21))
  )
}
save("cusum", do.call(rbind, rows))

rows <- list()
weeks <- 165:215
in_control <- exp(1.6 + 0.5 * sin(2 * pi * weeks / 52) + 0.002 * weeks)
charts <- list(
  poisson = list(), shift = list(theta = 0.3), decrease = list(dir = "dec"),
  binomial = list(alpha = 0.2), binomial_shift = list(alpha = 0.2, theta = 0.4), seasonal = list(mu0 = list(S = 1, trend = TRUE))
)
for (kind in names(charts)) {
  given <- list(range = weeks, c.ARL = 5, dir = "inc", mu0 = in_control)
  given[names(charts[[kind]])] <- charts[[kind]]
  chart <- if (is.null(given$alpha)) glrpois else glrnb
  statistic <- chart(made(series$common), control = c(given, ret = "value"))
  cases <- if (kind == "decrease") NULL else suppressMessages(chart(made(series$common), control = c(given, ret = "cases")))
  rows[[kind]] <- data.frame(
    kind = kind, week = weeks, statistic = c(upperbound(statistic)), alarm = as.integer(alarms(statistic)),
    upperbound = if (is.null(cases)) NA else c(upperbound(cases))
  )
}
save("likelihood_ratio", do.call(rbind, rows))

# Meningococcal disease in Germany: only the counts of pairs are kept, not the events.
data(imdepi)
rows <- list()
for (type in c("B", "C")) {
  events <- imdepi$events[imdepi$events$type == type, ]
  for (distance in c(20, 50, 100)) for (interval in c(14, 28, 30)) {
    found <- knox(dt = dist(events$time), ds = dist(coordinates(events)), eps.t = interval, eps.s = distance,
                  simulate.p.value = FALSE)
    rows[[paste(type, distance, interval)]] <- data.frame(
      type = type, distance = distance, interval = interval, events = nrow(events), close_in_both = found$statistic,
      expected = found$null.value, p_poisson = found$p.value
    )
  }
}
save("knox", do.call(rbind, rows))
