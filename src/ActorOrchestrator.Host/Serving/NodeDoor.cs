using System.Net.Sockets;
using System.Text;
using ActorOrchestrator.Api;
using Akka.Actor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Serving;

/// <summary>
/// A socket in the data directory by which the machine is told to end its pods before it is shut down, or to leave the
/// cluster, with which the server ends too. Who may enter the directory may do so: the server's own user, and root. A
/// request is a line, and so is the answer, which comes when that is done.
/// <code>
///   shutdown or leave   ►
///              ◄ ended | left default/web kube-system/dns | failed WHY
/// </code>
/// </summary>
/// <param name="directory">Where the socket is.</param>
/// <param name="node">Whose pods are ended.</param>
/// <param name="leave">Ends the server, once it is to leave its cluster.</param>
/// <param name="loggers">The program's.</param>
internal sealed partial class NodeDoor(
    DataDirectory directory, NodeService node, Action leave, ILoggerFactory loggers) : BackgroundService
{
    private const string Shutdown = "shutdown";
    private const string Leave = "leave";
    private const string Ended = "ended";
    private const string Left = "left ";
    private const string Failed = "failed ";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan RequestWithin = TimeSpan.FromSeconds(10);

    private readonly ILogger _log = loggers.CreateLogger("ActorOrchestrator.Host.Node");

    /// <summary>Asks the server of a data directory to end its pods.</summary>
    /// <returns>Those that did not end in time.</returns>
    /// <exception cref="ServerStartException">No server answers, or it cannot.</exception>
    public static Task<IReadOnlyList<string>> ShutDownAsync(string dataDirectory, CancellationToken stop) =>
        AskAsync(dataDirectory, Shutdown, stop);

    /// <summary>Asks the server of a data directory to end its pods, to leave the cluster and to end.</summary>
    /// <returns>Pods that did not end in time.</returns>
    /// <exception cref="ServerStartException">No server answers, or it cannot.</exception>
    public static Task<IReadOnlyList<string>> LeaveAsync(string dataDirectory, CancellationToken stop) =>
        AskAsync(dataDirectory, Leave, stop);

    /// <summary>Whether the server ends because it was told to leave.</summary>
    public bool Leaves { get; private set; }

    private static async Task<IReadOnlyList<string>> AskAsync(
        string dataDirectory, string request, CancellationToken stop)
    {
        var place = DataDirectory.NodeSocketIn(dataDirectory);
        if (!File.Exists(place))
        {
            // What the system calls that is about addresses.
            throw new ServerStartException(
                $"no server answers at {place}: there is no such socket "
                + "(--data-dir names the directory of a server that runs)");
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(place), stop);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{request}\n"), stop);
            using var reader = new StreamReader(stream);
            return await reader.ReadLineAsync(stop) switch
            {
                Ended => [],
                { } left when left.StartsWith(Left, StringComparison.Ordinal) => left[Left.Length..].Split(' '),
                { } failed when failed.StartsWith(Failed, StringComparison.Ordinal) =>
                    throw new ServerStartException(
                        $"the pods of this machine were not ended: {failed[Failed.Length..]}"),
                _ => throw new ServerStartException("the server has ended before it answered"),
            };
        }
        catch (Exception away) when (away is SocketException or IOException or ArgumentException)
        {
            throw new ServerStartException($"no server answers at {place}: {FailureWords.Of(away)}", away);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var place = DataDirectory.NodeSocketIn(directory.Root);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(place);
            socket.Bind(new UnixDomainSocketEndPoint(place));
            File.SetUnixFileMode(place, OwnerOnly);
            socket.Listen();
        }
        catch (Exception problem) when (problem is SocketException or IOException or ArgumentException)
        {
            // The path of a socket has a bound. All else works without it.
            LogNoDoor(_log, place, FailureWords.Of(problem));
            return;
        }

        var visits = new List<Task>();
        try
        {
            while (true)
            {
                visits.RemoveAll(visit => visit.IsCompleted);
                if (await NextAsync(socket, stoppingToken) is { } client)
                {
                    visits.Add(ServeAsync(client, stoppingToken));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(visits);
        }
        finally
        {
            File.Delete(place);
        }
    }

    /// <returns>Null: the machine has no more to give for now.</returns>
    private async Task<Socket?> NextAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            return await socket.AcceptAsync(stop);
        }
        catch (SocketException problem)
        {
            LogVisitorLeft(_log, FailureWords.Of(problem));
            await Task.Delay(RequestWithin, stop);
            return null;
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stop)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            using var reader = new StreamReader(stream);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(RequestWithin);
            var request = await reader.ReadLineAsync(limit.Token);
            var answer = request switch
            {
                Shutdown or Leave => await AnswerAsync(stop),
                _ => $"{Failed}unknown request",
            };
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{answer}\n"), stop);
            if (request == Leave && !answer.StartsWith(Failed, StringComparison.Ordinal))
            {
                Leaves = true;
                leave();
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            LogVisitorLeft(_log, FailureWords.Of(gone));
        }
    }

    private async Task<string> AnswerAsync(CancellationToken stop)
    {
        try
        {
            var left = await node.ShutDownAsync(stop);
            return left.Count == 0 ? Ended : Left + string.Join(' ', left);
        }
        catch (AskTimeoutException)
        {
            return Failed + "the cluster has not acknowledged their end in time; the server's log says what keeps it "
                + "from that";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return Failed + FailureWords.Of(failure).ReplaceLineEndings(" ");
        }
    }

    [LoggerMessage(6011, LogLevel.Warning,
        "'orchestrator node shutdown' will not work: no socket at {Place}: {Problem}")]
    private static partial void LogNoDoor(ILogger log, string place, string problem);

    [LoggerMessage(6012, LogLevel.Information, "who asked at the node's socket has left: {Problem}")]
    private static partial void LogVisitorLeft(ILogger log, string problem);
}
