/* Fairness: points times what planned / available minutes add to the square of the share that is filled already. */

static inline f64 fairness(const Plan *p, i32 w, i64 planned) {
    f64 share = (f64)planned / AT(available, w);
    return p->fairness * share * (share + 2.0 * AT(filled, w));
}

/* What `minutes` more add to the worker's share. */
static inline f64 fairness_added(const Plan *p, i32 w, i32 minutes) {
    return fairness(p, w, AT(planned, w) + minutes) - AT(load_points, w);
}
