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
