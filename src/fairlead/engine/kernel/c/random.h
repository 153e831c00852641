/* Random numbers: xorshift64*, S. Vigna, ACM Transactions on Mathematical Software 42 (2016), section 3. */

static inline f64 chance(Plan *p) {
    u64 x = AT(random, 0);
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    AT(random, 0) = x;
    return (f64)((x * 2685821657736338717ULL) >> 11) * 0x1.0p-53;
}

/* A whole number from 0 to below n. */
static inline i64 pick(Plan *p, i64 n) { return (i64)(chance(p) * (f64)n); }

/* Natural logarithm for x in (0, 1]. Sums and products only: the C libraries' logarithms differ in the last bit, and the same
 * seed has to give the same plan everywhere. ln x = exponent ln 2 + 2 artanh((m - 1) / (m + 1)), |error| < 1e-13. */
static f64 steady_log(f64 x) {
    int exponent;
    f64 m = frexp(x, &exponent);
    if (m < 0.70710678118654752) {
        m *= 2.0;
        exponent--;
    }
    f64 y = (m - 1.0) / (m + 1.0), square = y * y, sum = 0.0;
    for (int i = 17; i > 0; i -= 2) sum = sum * square + 1.0 / i;
    return exponent * 0.69314718055994531 + 2.0 * y * sum;
}
