/* Labour: points per unit of money that the work costs; set-ups are not paid here. */

static inline f64 labour(const Plan *p, i32 w, i32 minutes) { return p->labour * (AT(rate, w) * minutes / 60.0); }
