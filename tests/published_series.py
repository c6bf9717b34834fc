"""Short series of numbers that books and documentation print with their limits; each names its source."""

MORTGAGE_COSTS = [
    310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304,
    305, 282, 305, 296, 314, 295, 287, 301, 298, 311, 310, 292, 305, 299, 304, 310, 304, 305, 333, 328,
]  # fmt: skip
"""Montgomery DC, Introduction to Statistical Quality Control, 6th ed. (2009), example 6.5: weekly cost of processing
mortgage applications; limits from the first 20 are 279.78 and 321.22 about 300.5."""

FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
"""NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: batch flow rates; centre 50.81, mean range 1.8778, limits
45.8159 and 55.8041."""

PLOT_THE_DOTS = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
"""NHSRplotthedots, "Deviations from Excel defaults": mean 1.94; limits -0.72 and 4.6 with outlying ranges screened,
-3.06 and 6.95 without, as in NHS England's workbook."""

JUICE_CANS = [
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
]  # fmt: skip
"""Montgomery, example 7.1: faulty cans in samples of 50; p = 0.2313, limits 0.0524 and 0.4102, samples 15 and 23 out;
without these two p = 0.2150, limits 0.0407 and 0.3893."""

PURCHASE_ORDERS = [12, 8, 6, 9, 10, 12, 11, 16, 10, 6, 20, 15, 9, 8, 6, 8, 10, 7, 5, 8, 5, 8, 10, 6, 9]
PURCHASE_ORDER_SAMPLES = [
    100, 80, 80, 100, 110, 110, 100, 100, 90, 90, 110, 120, 120, 120, 110, 80, 80, 80, 90, 100, 100, 100, 100, 90, 90,
]  # fmt: skip
"""Montgomery, table 7.4: p = 234 / 2450; the limits of sample 1 are 0.0073 and 0.1837, sample 11 is out."""

CIRCUIT_BOARDS = [
    21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15,
]  # fmt: skip
"""Montgomery, example 7.3: nonconformities in samples of 100 boards; c = 19.85, limits 6.48 and 33.22, samples 6 and 20
out; without these c = 19.67, limits 6.36 and 32.97."""

SHIPMENT_ERRORS = [2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4]
"""Montgomery, example 7.4: errors in 50 shipments a week; u = 0.0740, limits 0 and 0.1894."""

DYED_CLOTH = [14, 12, 20, 11, 7, 10, 21, 16, 19, 23]
DYED_CLOTH_UNITS = [10, 8, 13, 10, 9.5, 10, 12, 10.5, 12, 12.5]
"""Montgomery, example 7.5: faults in rolls of 50 square metre units; u = 1.42, limits of roll 1 0.29 and 2.55, of roll
3 0.43 and 2.41 (table 7.12, to rounding of u)."""

VALVE_FAILURES = [
    286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96,
]  # fmt: skip
"""Montgomery, example 7.6: hours between failures; to the power 0.2777 the centre is 5.39 and the upper limit 11.66.
qicharts2's test of it has 430.04 and 6937.93 in hours."""

SURGERY_DEATHS = [
    23, 39, 15, 34, 1, 49, 98, 29, 27, 13, 45, 7, 10, 27, 24, 14, 20, 38, 44, 11, 10, 3, 113, 183, 3, 47, 18, 18, 33,
    15, 2, 38, 27, 27, 1, 52, 23, 7, 26, 82, 5, 49, 5, 17, 24, 44, 26, 2, 27, 46, 55, 97, 22, 22, 20, 4, 60, 51, 7, 21,
    66, 36, 25, 72, 15, 5, 3,
]  # fmt: skip
"""qicharts2, data set cabg and its vignette, case 3: operations between deaths; only those between deaths 24 and 25 are
out. Median 24, mean 31.67."""

INFECTIONS = [
    17, 12, 27, 20, 20, 18, 22, 19, 19, 24, 17, 16, 24, 19, 19, 22, 25, 19, 17, 6, 25, 17, 11, 14,
    9, 11, 7, 13, 5, 5, 3, 5, 9, 4, 5, 9,
]  # fmt: skip
"""qicharts2, data set cdi and its vignette, case 2: Clostridium difficile infections a month, before and after an
intervention in month 25. The median of the first 24 is 19, and 15 points in succession are below it; split there, the c
chart has 19 and 7 as centres, and afterwards limits 0 and 15."""

PLOT_THE_DOTS_DRAWS = [
    -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123, -0.68685285,
    -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314, 0.49785048, -1.96661716,
    0.70135590, -0.47279141,
]  # fmt: skip
"""NHSRplotthedots 0.2.2, its own tests, 20 draws: mean 0.1416238, limits -3.01138 and 3.294627; with 10 as the 15th
value mean 0.6694159, limits -2.383666 and 3.722497 screened, -4.596625 and 5.935457 not; as two series of 10, limits
-2.60 and 2.75 about 0.0746, -3.28 and 3.70 about 0.209."""
