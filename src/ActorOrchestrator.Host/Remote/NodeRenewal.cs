using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Remote;

/// <summary>
/// Renews the certificates of a machine that only runs pods when about four fifths of their life are over: makes new
/// keys, asks any member for certificates, keeps both, and has new connections show them. What is refused, or what
/// nobody answers, is tried again after a share of the time that is left. When the cluster's authority was exchanged
/// it is done at once (<see cref="ControlFollower"/>).
/// </summary>
internal sealed partial class NodeRenewal(
    ApiCalls api, NodeCertificates certificates, string node, Random random, TimeProvider time, ILogger log)
    : BackgroundService
{
    /// <summary>Timers take no longer times, and a clock may be set.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(12);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    /// <summary>Of what is left of a certificate's life.</summary>
    private const int TriesLeft = 20;

    private readonly SemaphoreSlim _renewing = new(1);
    private DateTimeOffset _due;

    public override void Dispose()
    {
        _renewing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _due = certificates.Life.RenewAt(random.NextDouble());
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = _due - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait < LongestWait ? wait : LongestWait, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await RenewAsync(stoppingToken);
        }
    }

    /// <summary>Asks for new certificates now.</summary>
    /// <returns>Whether it has them, and new connections show them.</returns>
    public async Task<bool> RenewAsync(CancellationToken cancellation)
    {
        await _renewing.WaitAsync(cancellation);
        try
        {
            var isDone = await TryAsync(cancellation);
            _due = isDone ? certificates.Life.RenewAt(random.NextDouble()) : time.GetUtcNow() + Pause();
            return isDone;
        }
        finally
        {
            _renewing.Release();
        }
    }

    private TimeSpan Pause()
    {
        var share = (certificates.Life.Until - time.GetUtcNow()) / TriesLeft;
        return share < ShortestWait ? ShortestWait : share < LongestWait ? share : LongestWait;
    }

    private async Task<bool> TryAsync(CancellationToken cancellation)
    {
        try
        {
            var keys = NodeRequests.Make(node, certificates.Addresses);
            var request = new JoinRequest
            {
                ClientRequest = keys.ClientRequest, ServerRequest = keys.ServerRequest,
            };
            var answer = await api.SendAsync(
                HttpMethod.Post, OpenPaths.JoinRenewal,
                JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Web), cancellation);
            if (!answer.IsDone)
            {
                LogNotRenewed(log, certificates.Life.Until, answer.Refusal().Message ?? "it is refused");
                return false;
            }

            certificates.Replace(
                keys, JsonSerializer.Deserialize<NodeGrant>(answer.Body, JsonSerializerOptions.Web)!);
            api.Reconnect();
            LogRenewed(log, certificates.Life.Until);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or JsonException or Serving.ServerStartException)
        {
            LogNotRenewed(log, certificates.Life.Until, FailureWords.Of(failure));
            return false;
        }
    }

    [LoggerMessage(6040, LogLevel.Information, "This machine has new certificates, until {Until:u}")]
    private static partial void LogRenewed(ILogger log, DateTimeOffset until);

    [LoggerMessage(6041, LogLevel.Warning,
        "The certificates of this machine, which end {Until:u}, were not renewed, and are tried again: {Why}")]
    private static partial void LogNotRenewed(ILogger log, DateTimeOffset until, string why);
}
