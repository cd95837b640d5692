/* Faults of a fake kernel: what each of them brings about. */
#include <errno.h>
#include <linux/ip_vs.h>
#include "suite.h"

static uint64_t sends(void)
{
    ipvs_fake_calls calls = IPVS_FAKE_CALLS_INIT;
    DOES(ipvs_fake_kernel_calls, kernel, &calls);
    return calls.sends;
}

static void counting_calls(void)
{
    ipvs_fake_calls calls = IPVS_FAKE_CALLS_INIT;
    uint64_t before = sends();
    DOES(ipvs_client_zero, client);
    CHECK(sends() == before + 1);
    NULL_REFUSED(ipvs_fake_kernel_calls, kernel, NULL, &calls);
    NULL_REFUSED(ipvs_fake_kernel_calls, calls, kernel, NULL);
    CHECK(calls.requests == 0);
    SIZES_OUT(ipvs_fake_kernel_calls, calls, ipvs_fake_calls, kernel, it);
}

static void faults_that_are_none(void)
{
    ipvs_fake_fault fault = IPVS_FAKE_FAULT_INIT, wrong;
    fault.what = IPVS_FAULT_DROP;
    wrong = fault;
    wrong.when = 5;
    REFUSED("when", ipvs_fake_kernel_inject, kernel, &wrong);
    wrong = fault;
    wrong.what = 0;
    REFUSED("what", ipvs_fake_kernel_inject, kernel, &wrong);
    wrong = fault;
    wrong.reserved[1] = 1;
    REFUSED("reserved", ipvs_fake_kernel_inject, kernel, &wrong);
    wrong = fault;
    wrong.what = IPVS_FAULT_FORGE;
    wrong.count = 1;
    REFUSED("data", ipvs_fake_kernel_inject, kernel, &wrong);
    wrong.what = IPVS_FAULT_CHANGE;
    REFUSED("changes", ipvs_fake_kernel_inject, kernel, &wrong);
    wrong.what = IPVS_FAULT_DELAY;
    wrong.count = UINT64_MAX;
    REFUSED("count", ipvs_fake_kernel_inject, kernel, &wrong);
    NULL_REFUSED(ipvs_fake_kernel_inject, kernel, NULL, &fault);
    NULL_REFUSED(ipvs_fake_kernel_inject, fault, kernel, NULL);
    CHECK(ipvs_fake_kernel_pending_faults(kernel) == 0);
    SIZES_IN(ipvs_fake_kernel_inject, fault, ipvs_fake_fault, fault, kernel, it);
    CHECK(ipvs_fake_kernel_pending_faults(kernel) == 1);
    ipvs_fake_kernel_clear_faults(kernel);
    CHECK(ipvs_fake_kernel_pending_faults(kernel) == 0);
    NULL_TAKEN(ipvs_fake_kernel_pending_faults, kernel, ipvs_fake_kernel_pending_faults(NULL) == 0);
    FREES_NULL(ipvs_fake_kernel_clear_faults);
}

static ipvs_fake_fault fault_of(uint32_t when, uint32_t what)
{
    ipvs_fake_fault fault = IPVS_FAKE_FAULT_INIT;
    fault.when = when;
    fault.what = what;
    return fault;
}

/* What a fault makes of zeroing, and that the next one is well. */
#define BRINGS(fault, status) \
    do { \
        DOES(ipvs_fake_kernel_inject, kernel, &fault); \
        FAILS(status, ipvs_client_zero, client); \
        CHECK(ipvs_fake_kernel_pending_faults(kernel) == 0); \
        DOES(ipvs_client_zero, client); \
    } while (0)

static void what_they_bring(void)
{
    static const uint8_t forged[] = { 36, 0, 0, 0, 2, 0, 0, 0 };
    ipvs_fake_fault fault = fault_of(IPVS_WHEN_NOW, IPVS_FAULT_DROP);
    BRINGS(fault, IPVS_TIMED_OUT);
    CHECK(last.applied == IPVS_APPLIED_UNKNOWN);
    fault.when = IPVS_WHEN_SEND;
    BRINGS(fault, IPVS_TIMED_OUT);
    fault = fault_of(IPVS_WHEN_NOW, IPVS_FAULT_DELAY);
    fault.count = 2;
    BRINGS(fault, IPVS_TIMED_OUT);
    fault = fault_of(IPVS_WHEN_NOW, IPVS_FAULT_TRUNCATE);
    fault.count = 10;
    BRINGS(fault, IPVS_PROTOCOL);
    fault = fault_of(IPVS_WHEN_NOW, IPVS_FAULT_CORRUPT);
    fault.byte = 0xff;
    BRINGS(fault, IPVS_PROTOCOL);
    fault = fault_of(IPVS_WHEN_RECEIVE, IPVS_FAULT_ERRNO);
    fault.error_number = ENOMEM;
    BRINGS(fault, IPVS_IO);
    CHECK(last.error_number == ENOMEM);
    fault.when = IPVS_WHEN_SEND;
    BRINGS(fault, IPVS_IO);
    CHECK(last.applied == IPVS_APPLIED_NO);
    fault = fault_of(IPVS_WHEN_COMMAND, IPVS_FAULT_REFUSE);
    fault.command = IPVS_CMD_ZERO;
    fault.error_number = EPERM;
    BRINGS(fault, IPVS_PERMISSION_DENIED);
    fault = fault_of(IPVS_WHEN_NOW, IPVS_FAULT_OVERRUN);
    BRINGS(fault, IPVS_OVERRUN);

    fault = fault_of(IPVS_WHEN_NOW, IPVS_FAULT_DUPLICATE);
    DOES(ipvs_fake_kernel_inject, kernel, &fault);
    DOES(ipvs_client_zero, client);
    fault = fault_of(IPVS_WHEN_NOW, IPVS_FAULT_FORGE);
    fault.data = forged;
    fault.count = sizeof forged;
    DOES(ipvs_fake_kernel_inject, kernel, &fault);
    DOES(ipvs_client_zero, client);
}

static void when_they_happen(void)
{
    ipvs_fake_fault fault = fault_of(IPVS_WHEN_COMMAND, IPVS_FAULT_REFUSE);
    ipvs_text *value;
    fault.command = IPVS_CMD_ZERO;
    fault.error_number = EPERM;
    fault.after = 1;
    DOES(ipvs_fake_kernel_inject, kernel, &fault);
    DOES(ipvs_client_flush, client);
    DOES(ipvs_client_zero, client);
    FAILS(IPVS_PERMISSION_DENIED, ipvs_client_zero, client);
    fault = fault_of(IPVS_WHEN_FILE, IPVS_FAULT_ERRNO);
    fault.error_number = EIO;
    DOES(ipvs_fake_kernel_inject, kernel, &fault);
    DOES(ipvs_client_zero, client);
    FAILS(IPVS_IO, ipvs_client_sysctl, client, "conntrack", &value);
}

static void what_somebody_else_changes(void)
{
    ipvs_fake_fault fault = fault_of(IPVS_WHEN_NOW, IPVS_FAULT_CHANGE);
    ipvs_batch *changes;
    ipvs_service web = service_of("tcp 192.0.2.1:80");
    DOES(ipvs_batch_from_rules, "-A -t 192.0.2.1:80 -s rr\n", &changes);
    fault.changes = changes;
    DOES(ipvs_fake_kernel_inject, kernel, &fault);
    ipvs_batch_free(changes);
    FAILS(IPVS_ALREADY_EXISTS, ipvs_client_add_service, client, &web);
}

#define ITSELF "it is about the fake itself"

const test faults_tests[] = {
    ON_THE_FAKE(counting_calls, ITSELF),
    ON_THE_FAKE(faults_that_are_none, ITSELF),
    ON_THE_FAKE(what_they_bring, ITSELF),
    ON_THE_FAKE(when_they_happen, ITSELF),
    ON_THE_FAKE(what_somebody_else_changes, ITSELF),
    END
};
