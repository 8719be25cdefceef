using System.Security.Cryptography;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Joining;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Remote;

/// <summary>Asks the control plane now and then whom this machine is to trust and where members are, and keeps both.
/// While the cluster's authority is exchanged the former changes, and then the machine needs other certificates as
/// well.</summary>
internal sealed partial class ControlFollower(
    ApiCalls api, NodeCertificates certificates, KnownMembers members, NodeRenewal renewal, TimeProvider time,
    ILogger log) : BackgroundService
{
    /// <summary>As often as Leases are renewed.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);

    private string? _problem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await FollowAsync(stoppingToken);
            await Task.Delay(AskEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        try
        {
            var answer = await api.SendAsync(HttpMethod.Get, OpenPaths.JoinRenewal, null, cancellation);
            if (answer.IsDone)
            {
                await TakeAsync(
                    JsonSerializer.Deserialize<NodeGrant>(answer.Body, JsonSerializerOptions.Web)!, cancellation);
                _problem = null;
            }
        }
        catch (Exception gone) when (gone is ApiAwayException or OperationCanceledException)
        {
            // Told once by whoever asked.
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or JsonException
            or CryptographicException)
        {
            if (_problem != FailureWords.Of(wrong))
            {
                LogUnusable(log, _problem = FailureWords.Of(wrong));
            }
        }
    }

    private async Task TakeAsync(NodeGrant told, CancellationToken cancellation)
    {
        if (members.Learn(told.Members))
        {
            LogMembers(log, string.Join(", ", members.Learned.Select(member => member.Authority)));
            api.Learn(members.All);
        }

        if (certificates.Trust(told.AuthorityCertificate))
        {
            LogTrusts(log, string.Join(", ", certificates.Trusted.Pins));
            api.Reconnect();
        }

        if (!certificates.AreOfSigner)
        {
            await renewal.RenewAsync(cancellation);
        }
    }

    [LoggerMessage(6046, LogLevel.Information, "This machine trusts the authorities {Pins} from now on")]
    private static partial void LogTrusts(ILogger log, string pins);

    [LoggerMessage(6048, LogLevel.Information, "The control plane is at {Members} now")]
    private static partial void LogMembers(ILogger log, string members);

    [LoggerMessage(6047, LogLevel.Warning,
        "What the control plane says of itself is of no use here, and this machine goes on with what it knows: {Why}")]
    private static partial void LogUnusable(ILogger log, string why);
}
