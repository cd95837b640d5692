/* Threads. */
#include <pthread.h>
#include "suite.h"

#define THREADS 8
#define ROUNDS 50

/* CHECK ends a test in its own thread alone, so these count what went wrong. */
static unsigned long wrong(ipvs_status status)
{
    return status != IPVS_OK;
}

/* One thread's services, by firewall marks of its own; everybody's table and list are shared. */
struct worker {
    pthread_t thread;
    uint32_t mark;
    const ipvs_table *table;
    const ipvs_plan *plan;
    unsigned long failures;
};

static void *work(void *argument)
{
    struct worker *me = argument;
    ipvs_service service = IPVS_SERVICE_INIT;
    for (int round = 0; round < ROUNDS; round++) {
        ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
        ipvs_service_list *list = NULL;
        ipvs_error *error = NULL;
        ipvs_text *text = NULL;
        char mark[32];
        snprintf(mark, sizeof mark, "fwmark %u", (unsigned)me->mark);
        me->failures += wrong(ipvs_service_key_parse(mark, &service.key, NULL));
        strcpy(service.scheduler, "rr");
        me->failures += wrong(ipvs_client_add_service(client, &service, NULL));
        me->failures += wrong(ipvs_client_service(client, &service.key, &entry, NULL));
        me->failures += entry.service.key.firewall_mark != me->mark;
        me->failures += wrong(ipvs_client_services(client, &list, NULL));
        ipvs_service_list_free(list);
        me->failures += wrong(ipvs_client_remove_service(client, &service.key, NULL));
        me->failures += ipvs_client_remove_service(client, &service.key, &error)
            != IPVS_SERVICE_NOT_FOUND;
        me->failures += !strstr(ipvs_error_message(error), mark);
        ipvs_error_free(error);
        me->failures += wrong(ipvs_table_to_rules(me->table, 0, &text, NULL));
        ipvs_text_free(text);
        me->failures += ipvs_plan_length(me->plan) != 1;
    }
    return NULL;
}

static void many_threads_share_a_client(void)
{
    struct worker workers[THREADS];
    ipvs_table *table = table_of("-A -t 192.0.2.1:80 -s rr\n");
    ipvs_scope *scope = ipvs_scope_everything();
    ipvs_plan *plan;
    DOES(ipvs_client_plan, client, table, scope, &plan);
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i].mark = 100 + i;
        workers[i].table = table;
        workers[i].plan = plan;
        workers[i].failures = 0;
        CHECK(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(workers[i].thread, NULL) == 0);
        CHECK(workers[i].failures == 0);
    }
    ipvs_plan_free(plan);
    ipvs_scope_free(scope);
    ipvs_table_free(table);
    holds("");
}

/* A stream, and whatever one thread at a time may use, may move to another thread. */
static void *finish(void *argument)
{
    ipvs_service_stream *stream = argument;
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    bool has = false;
    ipvs_status status = ipvs_service_stream_next(stream, &entry, &has, NULL);
    ipvs_service_stream_free(stream);
    return status == IPVS_OK && has ? NULL : argument;
}

static void a_stream_moves_to_another_thread(void)
{
    ipvs_service_stream *stream;
    pthread_t thread;
    void *failure;
    have("-A -t 192.0.2.1:80 -s rr");
    DOES(ipvs_client_stream_services, client, &stream);
    CHECK(pthread_create(&thread, NULL, finish, stream) == 0);
    CHECK(pthread_join(thread, &failure) == 0);
    CHECK(!failure);
}

const test threads_tests[] = {
    EVERYWHERE(many_threads_share_a_client),
    EVERYWHERE(a_stream_moves_to_another_thread),
    END
};
