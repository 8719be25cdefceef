using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>The programs that the node calls, and the runtime that it is to use.</summary>
internal static class ProgramChecks
{
    private const string Area = "programs";

    private static readonly IReadOnlyList<(string Program, string Package)> Network =
        [("nft", "nftables"), ("ip", "iproute2"), ("iptables", "iptables")];

    private static readonly IReadOnlyList<(string Program, string Package)> OwnRuntime =
        [("containerd", "containerd"), ("runc", "runc"), ("setsid", "util-linux")];

    public static async IAsyncEnumerable<Finding> OfAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (settings.Node.Runtime != "cri")
        {
            yield break;
        }

        var socket = settings.Node.CriEndpoint;
        var needed = socket.Length == 0 ? [.. OwnRuntime, .. Network] : Network;
        var missing = needed.Where(each => SystemPrograms.Find(each.Program) is null).ToList();
        yield return missing.Count == 0
            ? Finding.Good(Area, $"{string.Join(", ", needed.Select(each => each.Program))} are there")
            : Finding.Fault(
                Area, $"missing: {string.Join(", ", missing.Select(each => each.Program))}",
                $"apt-get install {string.Join(' ', missing.Select(each => each.Package).Distinct())}");
        if (socket.Length > 0)
        {
            yield return await RuntimeAsync(socket, cancellation);
        }
    }

    private static async Task<Finding> RuntimeAsync(string endpoint, CancellationToken cancellation)
    {
        var path = CriRuntimeOptions.FromEndpoint(endpoint, owner: "").SocketPath;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return Finding.Good(Area, $"the runtime at {path} takes calls");
        }
        catch (SocketException away)
        {
            return Finding.Fault(
                Area, $"no runtime takes calls at {path}: {FailureWords.Of(away)}",
                "start it, or correct node.cri-endpoint (empty: a containerd of our own)");
        }
    }
}
