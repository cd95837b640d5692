/* Where a test happens: a new network namespace, on a fake kernel or on this machine's own. */
#include "stage.h"

#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "suite.h"

ipvs_fake_kernel *kernel;
ipvs_fake_namespace *space;
ipvs_client *client;
bool in_a_child;

/* Moves to a namespace in which lo is up. */
static void enter_new_namespace(void)
{
    struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
    int control;
    CHECK(unshare(CLONE_NEWNET) == 0);
    control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK(control >= 0);
    CHECK(ioctl(control, SIOCSIFFLAGS, &lo) == 0);
    close(control);
}

void open_stage(bool real)
{
    kernel = NULL;
    space = NULL;
    if (real) {
        enter_new_namespace();
        DOES(ipvs_client_open, NULL, &client);
    } else {
        DOES(ipvs_fake_kernel_new, NULL, &kernel);
        DOES(ipvs_fake_kernel_initial, kernel, &space);
        DOES(ipvs_fake_kernel_client, kernel, NULL, &client);
    }
}

void close_stage(void)
{
    if (kernel)
        CHECK(ipvs_fake_kernel_pending_faults(kernel) == 0);
    ipvs_client_free(client);
    ipvs_fake_namespace_free(space);
    ipvs_fake_kernel_free(kernel);
}

void have_sync0(void)
{
    if (kernel) {
        ipvs_fake_interface sync0 = IPVS_FAKE_INTERFACE_INIT;
        ipvs_fake_address address = { address_of("10.9.0.1"), 24, { 0 } };
        strcpy(sync0.name, "sync0");
        sync0.addresses = &address;
        sync0.addresses_length = 1;
        DOES(ipvs_fake_namespace_set_interface, space, &sync0);
    } else {
        CHECK(system("ip link add sync0 type dummy && ip addr add 10.9.0.1/24 dev sync0 && "
                     "ip link set sync0 up && ip route add 224.0.0.0/4 dev sync0") == 0);
    }
}

void break_once(uint32_t what, int32_t error_number)
{
    ipvs_fake_fault fault = IPVS_FAKE_FAULT_INIT;
    fault.when = IPVS_WHEN_NOW;
    fault.what = what;
    fault.error_number = error_number;
    DOES(ipvs_fake_kernel_inject, kernel, &fault);
}

/* The child ends by a signal: whatever looks for leaks at an exit has none to find in a copy. */
void in_child(void (*body)(void))
{
    int ends[2];
    pid_t child;
    char done = 0;
    fflush(stdout);
    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        in_a_child = true;
        body();
        _Exit(write(ends[1], "+", 1) == 1 && raise(SIGKILL));
    }
    close(ends[1]);
    CHECK(child > 0);
    CHECK(waitpid(child, NULL, 0) == child);
    CHECK(read(ends[0], &done, 1) == 1 && done == '+');
    close(ends[0]);
}
