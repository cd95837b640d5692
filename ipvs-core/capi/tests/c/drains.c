/* Draining a dest. */
#include "suite.h"

static ipvs_service_key web;
static ipvs_dest_key server;
static ipvs_drain_state state;

/* A drain of a dest with weight 3 that is there. */
static ipvs_drain *draining(const ipvs_drain_options *options)
{
    ipvs_drain_state empty = IPVS_DRAIN_STATE_INIT;
    ipvs_drain *drain;
    state = empty;
    web = key_of("tcp 192.0.2.1:80");
    server = dest_key_of("10.0.3.100:8080");
    have("-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3");
    DOES(ipvs_drain_new, &web, &server, options, &drain);
    return drain;
}

static void without_connections(void)
{
    ipvs_drain *drain = draining(NULL);
    DOES(ipvs_drain_step, drain, client, &state);
    CHECK(state.state == IPVS_DRAIN_WAITING && state.active_connections == 0);
    holds("-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 0\n");
    SIZES_OUT(ipvs_drain_step, state, ipvs_drain_state, drain, client, it);
    holds("-A -t 192.0.2.1:80 -s wrr\n");
    for (int past_the_end = 0; past_the_end < 2; past_the_end++) {
        DOES(ipvs_drain_step, drain, client, &state);
        CHECK(state.state == IPVS_DRAIN_GONE);
    }
    FAILS(IPVS_DEST_NOT_FOUND, ipvs_drain_cancel, drain, client);
    ipvs_drain_free(drain);
    FREES_NULL(ipvs_drain_free);
}

static void cancelling(void)
{
    ipvs_drain *drain = draining(NULL);
    /* Nothing was taken away yet. */
    DOES(ipvs_drain_cancel, drain, client);
    DOES(ipvs_drain_step, drain, client, &state);
    DOES(ipvs_drain_cancel, drain, client);
    holds("-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n");
    NULL_REFUSED(ipvs_drain_cancel, drain, NULL, client);
    NULL_REFUSED(ipvs_drain_cancel, client, drain, NULL);
    ipvs_drain_free(drain);
}

static void what_somebody_restores(void)
{
    ipvs_drain *drain = draining(NULL);
    DOES(ipvs_drain_step, drain, client, &state);
    have("-e -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 8");
    DOES(ipvs_drain_step, drain, client, &state);
    CHECK(state.state == IPVS_DRAIN_RESTORED && state.weight == 8);
    ipvs_drain_free(drain);
}

static void past_its_deadline(void)
{
    ipvs_drain_options options = IPVS_DRAIN_OPTIONS_INIT;
    ipvs_drain *drain;
    options.flags = IPVS_DRAIN_UNTIL_EMPTY;
    options.deadline_unix_seconds = 1;
    drain = draining(&options);
    DOES(ipvs_drain_step, drain, client, &state);
    CHECK(state.state == IPVS_DRAIN_REMOVED);
    ipvs_drain_free(drain);
    /* Later than any clock goes: never. */
    options.deadline_unix_seconds = UINT64_MAX;
    DOES(ipvs_drain_new, &web, &server, &options, &drain);
    ipvs_drain_free(drain);
}

static void arguments_that_are_none(void)
{
    ipvs_drain *drain = draining(NULL), *other = NOTHING;
    ipvs_drain_options options = IPVS_DRAIN_OPTIONS_INIT;
    ipvs_service_key wrong = web;
    ipvs_dest_key elsewhere = server;
    wrong.family = 0;
    elsewhere.family = 0;
    options.flags = 2;
    REFUSED("flags", ipvs_drain_new, &web, &server, &options, &other);
    REFUSED("family", ipvs_drain_new, &wrong, &server, NULL, &other);
    REFUSED("family", ipvs_drain_new, &web, &elsewhere, NULL, &other);
    NULL_REFUSED(ipvs_drain_new, service, NULL, &server, NULL, &other);
    NULL_REFUSED(ipvs_drain_new, dest, &web, NULL, NULL, &other);
    NULL_REFUSED(ipvs_drain_new, drain, &web, &server, NULL, NULL);
    CHECK(other == NOTHING);
    options.flags = 0;
    SIZES_IN(ipvs_drain_new, options, ipvs_drain_options, options, &web, &server, it, &other);
    ipvs_drain_free(other);
    NULL_TAKEN(ipvs_drain_new, options,
               ipvs_drain_new(&web, &server, NULL, &other, NULL) == IPVS_OK);
    ipvs_drain_free(other);
    NULL_REFUSED(ipvs_drain_step, drain, NULL, client, &state);
    NULL_REFUSED(ipvs_drain_step, client, drain, NULL, &state);
    NULL_REFUSED(ipvs_drain_step, state, drain, client, NULL);
    CHECK(state.state == 0);
    ipvs_drain_free(drain);
}

static void waiting_for_connections(void)
{
    ipvs_drain *drain = draining(NULL);
    DOES(ipvs_fake_namespace_set_dest_connections, space, &web, &server, 2, 5, 0);
    for (int step = 0; step < 3; step++) {
        DOES(ipvs_drain_step, drain, client, &state);
        CHECK(state.state == IPVS_DRAIN_WAITING && state.active_connections == 2);
        CHECK(state.inactive_connections == 5 && state.persistent_connections == 0);
    }
    DOES(ipvs_fake_namespace_set_dest_connections, space, &web, &server, 0, 5, 0);
    DOES(ipvs_drain_step, drain, client, &state);
    CHECK(state.state == IPVS_DRAIN_REMOVED && state.inactive_connections == 5);
    ipvs_drain_free(drain);
}

/* A step that failed can be taken again, and a cancelling tried again. */
static void steps_that_fail(void)
{
    ipvs_drain *drain = draining(NULL);
    break_once(IPVS_FAULT_DROP, 0);
    FAILS(IPVS_TIMED_OUT, ipvs_drain_step, drain, client, &state);
    CHECK(state.state == 0);
    DOES(ipvs_drain_step, drain, client, &state);
    CHECK(state.state == IPVS_DRAIN_WAITING);
    break_once(IPVS_FAULT_DROP, 0);
    FAILS(IPVS_TIMED_OUT, ipvs_drain_cancel, drain, client);
    DOES(ipvs_drain_cancel, drain, client);
    holds("-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n");
    ipvs_drain_free(drain);
}

const test drains_tests[] = {
    EVERYWHERE(without_connections),
    EVERYWHERE(cancelling),
    EVERYWHERE(what_somebody_restores),
    EVERYWHERE(past_its_deadline),
    EVERYWHERE(arguments_that_are_none),
    ON_THE_FAKE(waiting_for_connections, "it sets what connections a dest has"),
    ON_THE_FAKE(steps_that_fail, "it injects faults"),
    END
};
