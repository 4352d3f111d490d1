# Writes the files of R beside it: Rscript make.R
d <- data.frame(
  subject = c("01", "02", "03"), size = c(20.5, NA, 0), count = c(1L, NA, 3L),
  flag = c(TRUE, NA, FALSE), arm = factor(c("A", NA, "B"), levels = c("B", "A"))
)
d$grade <- factor(c("G1", "G2", NA), levels = c("G1", "G2", "G3"), ordered = TRUE)
d$date <- as.Date(c("2024-01-15", NA, "2024-12-31"))
d$idate <- structure(as.integer(d$date), class = c("IDate", "Date"))
d$when <- as.POSIXct(c("2024-01-15 23:30:00", NA, "2024-07-15 00:30:00"), tz = "Europe/Vienna")
d$utc <- as.POSIXct(c("2024-01-15", NA, "2024-07-15"), tz = "UTC")
bits <- as.raw(c(1, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 128, 7, 0, 0, 0, 0, 0, 0, 0))
d$long <- structure(readBin(bits, "double", n = 3, endian = "little"), class = "integer64")
d$elapsed <- structure(c(36, NA, 12), class = "difftime", units = "hours")
d$text <- c("Z\u00fcrich", NA, "")
d$status <- structure(c(1, NA, -99), labels = c("ABSENT" = 1, "NOT DONE" = -99),
                      class = c("haven_labelled", "vctrs_vctr", "double"))
saveRDS(d, "types.rds", version = 2)
saveRDS(d, "ascii.rds", ascii = TRUE)
saveRDS(d, "plain.rds", compress = FALSE)
saveRDS(d, "xz.rds", compress = "xz")
saveRDS(d, "bzip2.rds", compress = "bzip2")
odd <- d
odd$list <- list(1, "a", NULL)
odd$lt <- as.POSIXlt(d$utc)
odd$bad <- structure(c(1L, 9L, 2L), levels = c("x", "y"), class = "factor")
odd$naive <- structure(c(0, NA, 86400), class = c("POSIXct", "POSIXt"))
subjects <- d[, c("subject", "arm")]
few <- 1:3
twice <- function(x) 2 * x
save(odd, subjects, few, twice, file = "several.rda")
save(few, twice, file = "none.RData")
saveRDS(list(subjects = subjects, extra = list(odd = odd)), "lists.rds")

# the study of tests/exports.py, from its plain tables
here <- file.path("..", "exports")
study <- lapply(c(subjects = "subjects", lesions = "lesions", responses = "responses"), function(n) {
  t <- read.csv(file.path(here, "plain", paste0(n, ".csv")), na.strings = "",
                colClasses = c(subject = "character"))
  for (column in c("date", "treatment_start", "death"))
    if (column %in% names(t)) t[[column]] <- as.Date(t[[column]])
  for (column in c("role", "organ", "sex"))
    if (column %in% names(t)) t[[column]] <- factor(t[[column]])
  t
})
dir.create(file.path(here, "r"), showWarnings = FALSE)
list2env(study, environment())
save(subjects, lesions, responses, file = file.path(here, "r", "X1.rda"))
