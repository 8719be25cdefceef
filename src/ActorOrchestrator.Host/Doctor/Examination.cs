using System.Runtime.CompilerServices;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>Looks at everything about a machine that has to be right before a server with these settings runs well on
/// it, or an agent if it has joined to run pods only. Changes nothing.</summary>
internal static class Examination
{
    /// <summary>None of them takes longer on a machine that answers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly IReadOnlyList<(string Area, Check Of)> Node =
    [
        ("machine", MachineChecks.OfAsync),
        ("kernel", KernelChecks.OfAsync),
        ("programs", ProgramChecks.OfAsync),
        ("data directory", (settings, _) => DirectoryChecks.Of(settings).ToAsyncEnumerable()),
        ("certificates", (settings, _) => CertificateChecks.Of(settings).ToAsyncEnumerable()),
        ("addresses", (settings, _) => AddressChecks.Of(settings).ToAsyncEnumerable()),
        ("pod network", PodNetworkChecks.OfAsync),
        ("members", MemberChecks.OfAsync),
        ("heartbeats", HeartbeatChecks.OfAsync),
    ];

    /// <summary>A machine that only runs pods has no journal.</summary>
    private static readonly IReadOnlyList<(string Area, Check Of)> Member =
        [.. Node, ("journal", JournalChecks.OfAsync)];

    private delegate IAsyncEnumerable<Finding> Check(ServerSettings settings, CancellationToken cancellation);

    /// <summary>In a fixed order. What cannot be looked at is a fault too: nobody knows how it is.</summary>
    public static async IAsyncEnumerable<Finding> RunAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (area, check) in JoinedDirectory.IsNodeOnly(settings.DataDirectory) ? Node : Member)
        {
            foreach (var finding in await AllOfAsync(area, check, settings, cancellation))
            {
                yield return finding;
            }
        }
    }

    private static async Task<List<Finding>> AllOfAsync(
        string area, Check check, ServerSettings settings, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(Patience);
        var found = new List<Finding>();
        try
        {
            await foreach (var finding in check(settings, bounded.Token))
            {
                found.Add(finding);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            found.Add(Finding.Fault(
                area, $"nothing was found out within {Patience.TotalSeconds:0} s",
                "look whether the machine is too busy, or what is asked does not answer"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            found.Add(Finding.Fault(
                area, FailureWords.Of(failure), "run it as the server's user, which is root for containers"));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            found.Add(Finding.Fault(
                area, $"this could not be looked at: {FailureWords.Of(failure)}",
                "mend what it names, or report it if it names nothing that can be mended"));
        }

        return found;
    }
}
