using System.Threading.Channels;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Tmds.DBus.Protocol;

namespace ActorOrchestrator.Host.Serving;

/// <summary>
/// systemd's logind, which tells of a shutdown of the machine before it begins and holds it up for as long as somebody
/// who asked for that keeps a lock, up to its own InhibitDelayMaxSec.
/// <code>
///   lock ──► PrepareForShutdown(true) ──► the pods end ──► unlock ──► (PrepareForShutdown(false): called off) ──► lock
/// </code>
/// </summary>
/// <param name="bus">The address of the system's bus.</param>
/// <param name="shutDown">Ends the pods.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is told.</param>
internal sealed partial class Logind(
    string bus, Func<CancellationToken, Task> shutDown, TimeProvider time, ILogger log)
{
    private const string Service = "org.freedesktop.login1";
    private const string Place = "/org/freedesktop/login1";
    private const string Manager = "org.freedesktop.login1.Manager";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private string? _problem;

    /// <summary>Until told to stop; a bus or a logind that goes away is looked for again.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await FollowOnceAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever is wrong with the bus, the server serves without it.
            catch (Exception away)
            {
                Tell(away.Message);
            }
#pragma warning restore CA1031

            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowOnceAsync(CancellationToken stop)
    {
        using var connection = new DBusConnection(bus);
        await connection.ConnectAsync();
        var told = Channel.CreateUnbounded<bool>();
        using var watch = await connection.WatchSignalAsync(
            Service, Place, Manager, "PrepareForShutdown",
            static (message, _) => message.GetBodyReader().ReadBool(),
            (Notification<bool> notice) => _ = notice.HasValue
                ? told.Writer.TryWrite(notice.Value)
                : told.Writer.TryComplete(notice.CompletionReason),
            ObserverFlags.EmitAll, false, null);
        var held = await LockAsync(connection);
        try
        {
            LogFollowing(log, await DelayMaxAsync(connection));
            await foreach (var begins in told.Reader.ReadAllAsync(stop))
            {
                if (begins)
                {
                    await EndPodsAsync(stop);
                    held.Dispose();
                }
                else
                {
                    LogCalledOff(log);
                    held.Dispose();
                    held = await LockAsync(connection);
                }
            }
        }
        finally
        {
            held.Dispose();
        }
    }

    /// <summary>Once: a bus without a logind stays without.</summary>
    private void Tell(string problem)
    {
        if (problem != _problem)
        {
            LogAway(log, problem);
        }

        _problem = problem;
    }

    private async Task EndPodsAsync(CancellationToken stop)
    {
        try
        {
            await shutDown(stop);
        }
#pragma warning disable CA1031 // Whatever keeps pods from ending in order, the machine is not held up for it.
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            LogNotEnded(log, FailureWords.Of(failed));
        }
#pragma warning restore CA1031
    }

    private static Task<SafeFileHandle> LockAsync(DBusConnection connection)
    {
        using var writer = connection.GetMessageWriter();
        writer.WriteMethodCallHeader(Service, Place, Manager, "Inhibit", "ssss", MessageFlags.None);
        writer.WriteString("shutdown");
        writer.WriteString("ActorOrchestrator");
        writer.WriteString("Pods of this machine are to end in order");
        writer.WriteString("delay");
        return connection.CallMethodAsync(
            writer.CreateMessage(), static (message, _) => message.GetBodyReader().ReadHandle<SafeFileHandle>()!);
    }

    private static Task<double> DelayMaxAsync(DBusConnection connection)
    {
        using var writer = connection.GetMessageWriter();
        writer.WriteMethodCallHeader(
            Service, Place, "org.freedesktop.DBus.Properties", "Get", "ss", MessageFlags.None);
        writer.WriteString(Manager);
        writer.WriteString("InhibitDelayMaxUSec");
        return connection.CallMethodAsync(
            writer.CreateMessage(),
            static (message, _) => message.GetBodyReader().ReadVariantValue().GetUInt64() / 1_000_000.0);
    }

    [LoggerMessage(6013, LogLevel.Information,
        "logind tells of shutdowns, and waits for pods to end for {Seconds} s at the most (its InhibitDelayMaxSec)")]
    private static partial void LogFollowing(ILogger log, double seconds);

    [LoggerMessage(6014, LogLevel.Warning,
        "the machine's shutdown was called off: this node takes pods again when the server is started anew")]
    private static partial void LogCalledOff(ILogger log);

    [LoggerMessage(6016, LogLevel.Error, "the machine is shut down, and its pods were not ended in order: {Problem}")]
    private static partial void LogNotEnded(ILogger log, string problem);

    [LoggerMessage(6015, LogLevel.Warning, "logind does not tell of shutdowns: {Problem}")]
    private static partial void LogAway(ILogger log, string problem);
}

/// <summary>Follows the logind of this machine, if it has one.</summary>
internal sealed class LogindService(
    MachineSettings settings, NodeService node, ILoggerFactory loggers) : BackgroundService
{
    private const string SystemBus = "/run/dbus/system_bus_socket";

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        settings.FollowsLogind && File.Exists(SystemBus)
            ? new Logind(
                $"unix:path={SystemBus}", node.ShutDownAsync, TimeProvider.System,
                loggers.CreateLogger("ActorOrchestrator.Host.Node")).FollowAsync(stoppingToken)
            : Task.CompletedTask;
}
