/* The moves: each takes out about `wanted` tasks around a seed, near a minute of the wall clock, with take(). It returns 0
 * when the list of tasks is full; the iteration is then undone. A new move is a file and a line here. */
#include "take.h"
#include "strings.h"
#include "same_context.h"
#include "scattered.h"

typedef int (*Move)(Plan *p, i32 seed, i32 minute, i64 wanted);

static const struct {
    f64 share; /* of all iterations; the shares add up to 1 */
    Move take;
} MOVES[] = {
    {0.15, same_context},
    {0.10, scattered},
    {0.75, strings},
};

static Move some_move(Plan *p) {
    f64 dice = chance(p);
    size_t last = sizeof MOVES / sizeof *MOVES - 1, i = 0;
    while (i < last && dice >= MOVES[i].share) dice -= MOVES[i++].share;
    return MOVES[i].take;
}
