/*
 * The C API as a contender: what a user of libipvs writes in C for what library.rs writes in
 * Rust. It prints lines of a name and a number, too.
 *
 *     capi WORKLOAD CLOCK
 */
#include <ipvs.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SERVICES = 1000, DESTS = 10 };

/* 10.1.0.0 and 172.16.0.0, from which tables.rs counts. */
static const uint32_t first_service = 0x0a010000, first_dest = 0xac100000;

static void put_address(uint8_t bytes[16], uint32_t address)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(address >> (24 - 8 * i));
}

/* Makes the changes one by one, as a program that has its own configuration, and sends them. */
static size_t compose(const ipvs_client *client)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_report *report = NULL;
    size_t failures = 1;

    for (uint32_t s = 0; s < SERVICES; s++) {
        ipvs_service service = IPVS_SERVICE_INIT;
        service.key.family = IPVS_IPV4;
        service.key.protocol = IPVS_TCP;
        service.key.port = 80;
        put_address(service.key.address, first_service + s);
        memcpy(service.scheduler, "rr", sizeof "rr");
        if (ipvs_batch_add_service(batch, &service, NULL))
            goto out;
        for (uint32_t number = s * DESTS; number < (s + 1) * DESTS; number++) {
            ipvs_dest dest = IPVS_DEST_INIT;
            dest.key.family = IPVS_IPV4;
            dest.key.port = 8080;
            put_address(dest.key.address, first_dest + number);
            dest.forward = IPVS_MASQUERADE;
            dest.weight = 1 + number % 100;
            if (ipvs_batch_add_dest(batch, &service.key, &dest, NULL))
                goto out;
        }
    }
    if (ipvs_client_batch(client, batch, &report, NULL) == IPVS_OK)
        failures = ipvs_report_failures(report);

out:
    ipvs_report_free(report);
    ipvs_batch_free(batch);
    return failures;
}

static unsigned long long now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (unsigned long long)time.tv_sec * 1000000000ULL + (unsigned long long)time.tv_nsec;
}

int main(int count, char **words)
{
    ipvs_client *client = NULL;
    clockid_t clock;
    unsigned long long before;
    size_t failures;

    if (count != 3 || ipvs_client_open(NULL, &client, NULL))
        return 1;
    if (strcmp(words[1], "nothing") != 0) {
        clock = strcmp(words[2], "time") == 0 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
        before = now(clock);
        failures = compose(client);
        printf("inside %llu\n", now(clock) - before);
        if (failures != 0)
            return 1;
    }
    ipvs_client_free(client);
    return 0;
}
