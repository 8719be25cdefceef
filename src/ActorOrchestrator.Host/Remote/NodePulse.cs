using System.Net;
using ActorOrchestrator.Actors.Hosting.Datagrams;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Remote;

/// <summary>
/// Keeps a request open to one member, with a byte every quarter of a second as a sign of life, by which the member
/// judges whether this machine lives. Each is answered by a byte; when answers stay away, or the request ends,
/// another member is asked, before the first one has waited for so long that it would count this machine as lost.
/// Heartbeats as datagrams go beside it (<see cref="PulseDatagrams"/>), and go on until another member answers.
/// </summary>
internal sealed partial class NodePulse(ApiCalls api, TimeProvider time, ILogger log) : BackgroundService
{
    /// <summary>A member counts a machine as lost after about 1.1 s of silence: two may be missed.</summary>
    public static readonly TimeSpan SignEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Less than a member waits.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromMilliseconds(800);

    /// <summary>The first answer needs a connection.</summary>
    private static readonly TimeSpan FirstAnswerWithin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);

    private PulseDatagrams? _datagrams;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FollowAllAsync(stoppingToken);
        }
        finally
        {
            await ReplaceAsync(null);
        }
    }

    private async Task FollowAllAsync(CancellationToken stoppingToken)
    {
        var pause = PauseMin;
        while (!stoppingToken.IsCancellationRequested)
        {
            var member = api.Current;
            var began = time.GetTimestamp();
            var (wasHeard, why) = await FollowAsync(member, stoppingToken);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            // One that has answered for a while is worth no pause.
            pause = time.GetElapsedTime(began) > PauseMax ? PauseMin : pause * 2 > PauseMax ? PauseMax : pause * 2;
            api.GiveUp(member);
            if (wasHeard)
            {
                LogMoves(log, member.Authority, why);
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether it answered, and why it is over.</returns>
    private async Task<(bool WasHeard, string Why)> FollowAsync(Uri member, CancellationToken stop)
    {
        using var signs = new SignsOfLife(time, stop);
        var wasHeard = false;

        // Not disposed: datagrams that go on when the connection has ended put it off still.
        var silent = new CancellationTokenSource(FirstAnswerWithin, time);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(member, OpenPaths.Pulse))
            {
                Content = signs,
            };
            using var response = await api.OpenAsync(request, silent.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return (false, $"it answers {(int)response.StatusCode}");
            }

            await using var answers = await response.Content.ReadAsStreamAsync(silent.Token);
            var buffer = new byte[16];
            while (await answers.ReadAsync(buffer, silent.Token) > 0)
            {
                silent.CancelAfter(AnswerWithin);
                if (!wasHeard)
                {
                    wasHeard = true;
                    await ReplaceAsync(Offered(response) is { } offer
                        ? new PulseDatagrams(offer, () => silent.CancelAfter(AnswerWithin), time)
                        : null);
                }

                _datagrams?.Carried();
            }

            return (wasHeard, "it ends the connection");
        }
        catch (OperationCanceledException)
        {
            return (wasHeard, "it does not answer");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return (wasHeard, FailureWords.Of(failed));
        }
    }

    private async Task ReplaceAsync(PulseDatagrams? next)
    {
        var former = _datagrams;
        _datagrams = next;
        if (former is not null)
        {
            await former.DisposeAsync();
        }
    }

    /// <summary>Where a member takes heartbeats beside its answer; null: nowhere.</summary>
    public static HeartbeatOffer? Offered(HttpResponseMessage response) =>
        response.Headers.TryGetValues(HeartbeatOffer.Header, out var values)
            ? HeartbeatOffer.Parse(values.FirstOrDefault())
            : null;

    [LoggerMessage(6045, LogLevel.Information, "This machine connects to another member than {Member}: {Why}")]
    private static partial void LogMoves(ILogger log, string member, string why);

    /// <summary>A body that goes on until the machine stops.</summary>
    private sealed class SignsOfLife(TimeProvider time, CancellationToken stop) : HttpContent
    {
        private static readonly byte[] Sign = [(byte)'.'];

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            using var timer = new PeriodicTimer(SignEvery, time);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop, cancellationToken);
            try
            {
                do
                {
                    await stream.WriteAsync(Sign, cancellationToken);
                    await stream.FlushAsync(cancellationToken);
                }
                while (await timer.WaitForNextTickAsync(ends.Token));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Its end says that the machine stops in good order.
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
