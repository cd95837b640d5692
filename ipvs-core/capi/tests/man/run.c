/* Runs the examples of the manual pages, each on what it needs, on a fake kernel. */
#include <ipvs.h>
#include <stdio.h>
#include <unistd.h>

#include "examples/ipvs_address.c"
#include "examples/ipvs_apply.c"
#include "examples/ipvs_batch.c"
#include "examples/ipvs_client.c"
#include "examples/ipvs_connection.c"
#include "examples/ipvs_daemon.c"
#include "examples/ipvs_dest.c"
#include "examples/ipvs_drain.c"
#include "examples/ipvs_error.c"
#include "examples/ipvs_fake.c"
#include "examples/ipvs_plan.c"
#include "examples/ipvs_rules.c"
#include "examples/ipvs_service.c"
#include "examples/ipvs_snapshot.c"
#include "examples/ipvs_sysctl.c"
#include "examples/ipvs_table.c"
#include "examples/ipvs_timeouts.c"

static ipvs_status flush(const ipvs_client *client)
{
    return ipvs_client_flush(client, NULL);
}

/* Everything that an example leaves for others. */
struct scene {
    ipvs_fake_kernel *kernel;
    ipvs_fake_namespace *space;
    ipvs_client *client;
    ipvs_table *table;
    ipvs_scope *scope;
    ipvs_plan *plan;
    ipvs_service_key web;
    ipvs_dest_key server;
    ipvs_dest more[2];
};

static ipvs_status prepare(struct scene *it, ipvs_error **error)
{
    ipvs_fake_interface eth1 = IPVS_FAKE_INTERFACE_INIT;
    ipvs_service service = IPVS_SERVICE_INIT;

    snprintf(eth1.name, sizeof eth1.name, "eth1");
    it->table = ipvs_table_new();
    it->scope = ipvs_scope_everything();
    if (ipvs_fake_kernel_new(NULL, &it->kernel, error)
        || ipvs_fake_kernel_initial(it->kernel, &it->space, error)
        || ipvs_fake_namespace_set_interface(it->space, &eth1, error)
        || ipvs_fake_kernel_client(it->kernel, NULL, &it->client, error)
        || ipvs_service_key_parse("tcp 192.0.2.1:80", &it->web, error)
        || ipvs_dest_key_parse("10.0.3.100:8080", &it->server, error))
        return IPVS_INTERNAL;
    for (int i = 0; i < 2; i++) {
        ipvs_dest dest = IPVS_DEST_INIT;
        dest.forward = IPVS_MASQUERADE;
        dest.key = it->server;
        dest.key.address[3] = (uint8_t)(10 + i);
        it->more[i] = dest;
    }
    service.key = it->web;
    return ensure(it->client, &service) && ensure(it->client, &service) ? IPVS_OK : IPVS_INTERNAL;
}

/* The number of the first one that fails, or 0. */
static int play(struct scene *it, ipvs_error **error)
{
    unsigned long active = 1;
    ipvs_client *blue = NULL;

    if (prepare(it, error)) return 1;
    if (normalise("tcp [2001:DB8:0::1]:80", error)) return 2;
    if (enlarge(it->client, &it->web, error)) return 3;
    if (add_all(it->client, &it->web, it->more, 2, error)) return 4;
    if (print_services(it->client, error)) return 5;
    if (count(it->client, &active, error) || active != 0) return 6;
    if (be_master(it->client, error)) return 7;
    if (forget_sooner(it->client, error)) return 8;
    if (expire(it->client, error)) return 9;
    if (save(it->client, error)) return 10;
    if (wanted(it->table, error)) return 11;
    if (preview(it->client, it->table, error)) return 12;
    if (ipvs_client_plan(it->client, it->table, it->scope, &it->plan, error)) return 13;
    if (carry_out(it->client, it->plan, error)) return 14;
    if (leave(it->client, &it->web, &it->server, error)) return 15;
    if (print_connections(it->client, error)) return 16;
    if (test(flush, error)) return 17;
    /* There is no such namespace here, or no right to enter it. */
    if (open_blue(&blue, NULL) == IPVS_OK) return 18;
    return 0;
}

int main(void)
{
    struct scene it = {0};
    ipvs_error *error = NULL;
    int failed = play(&it, &error);

    if (failed != 0)
        fprintf(stderr, "example %d: %s\n", failed, ipvs_error_message(error));
    ipvs_error_free(error);
    ipvs_plan_free(it.plan);
    ipvs_scope_free(it.scope);
    ipvs_table_free(it.table);
    ipvs_client_free(it.client);
    ipvs_fake_namespace_free(it.space);
    ipvs_fake_kernel_free(it.kernel);
    return failed;
}
