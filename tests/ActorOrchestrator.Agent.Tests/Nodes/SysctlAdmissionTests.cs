using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>Which kernel parameters a machine lets its pods set.</summary>
public sealed class SysctlAdmissionTests
{
    [Theory]
    [InlineData("net.ipv4.tcp_syncookies", "", "")]
    [InlineData("net/ipv4/tcp_rmem", "", "")]
    [InlineData("net.core.somaxconn", "", "\"net.core.somaxconn\" not allowlisted")]
    [InlineData("net/core/somaxconn", "", "\"net.core.somaxconn\" not allowlisted")]
    [InlineData("net.core.somaxconn", "net.core.somaxconn", "")]
    [InlineData("net/core/somaxconn", "net.core.*", "")]
    [InlineData("net.core.somaxconn", "net/core/somaxconn", "")]
    [InlineData("net.core.somaxconn", "net.core", "\"net.core.somaxconn\" not allowlisted")]
    [InlineData("kernel.msgmax", "kernel.sem kernel.msg*", "")]
    [InlineData("kernel.shmmax", "kernel.sem kernel.msg*", "\"kernel.shmmax\" not allowlisted")]
    public void Those_that_are_safe_or_allowed(string name, string allowed, string complaint) =>
        Assert.Equal(complaint, Complaint(Pod(name), allowed));

    [Theory]
    [InlineData("net.ipv4.tcp_syncookies", true, false,
        "\"net.ipv4.tcp_syncookies\" not allowed with host net enabled")]
    [InlineData("kernel.shm_rmid_forced", false, true, "\"kernel.shm_rmid_forced\" not allowed with host ipc enabled")]
    [InlineData("net.ipv4.tcp_syncookies", false, true, "")]
    [InlineData("kernel.shm_rmid_forced", true, false, "")]
    public void None_of_the_machines_own(string name, bool hostNetwork, bool hostIpc, string complaint)
    {
        var pod = Pod(name);
        Assert.Equal(complaint, Complaint(
            pod with { Spec = pod.Spec with { HostNetwork = hostNetwork, HostIPC = hostIpc } }, ""));
    }

    [Theory]
    [InlineData("net.core.*", null)]
    [InlineData("net/core/somaxconn", null)]
    [InlineData("kernel.sem", null)]
    [InlineData("fs.mqueue.msg_max", null)]
    [InlineData("vm.swappiness", "not known to be kept for each namespace")]
    [InlineData("kernel.*", "not known to be kept for each namespace")]
    [InlineData("*", "no name of a kernel parameter, nor the beginning of some with a * at its end")]
    [InlineData("net.*.x", "no name of a kernel parameter, nor the beginning of some with a * at its end")]
    public void A_setting_names_what_a_pod_can_have_for_itself(string pattern, string? complaint) =>
        Assert.Equal(complaint, SysctlAdmission.Complaint(pattern));

    private static string Complaint(Pod pod, string allowed)
    {
        var refusal = SysctlAdmission.Refusal(pod, allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (refusal is null)
        {
            return "";
        }

        const string Start = "forbidden sysctl: ";
        Assert.Equal(new NodeRejection("SysctlForbidden", refusal.Message), refusal);
        Assert.StartsWith(Start, refusal.Message, StringComparison.Ordinal);
        return refusal.Message[Start.Length..];
    }

    private static Pod Pod(string sysctl) => new()
    {
        Spec = new PodSpec
        {
            SecurityContext = new PodSecurityContext { Sysctls = [new Sysctl { Name = sysctl, Value = "1" }] },
        },
    };
}
