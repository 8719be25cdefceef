using System.Diagnostics;
using System.Globalization;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Sqlite;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Bench;

/// <summary>
/// The engine without gateway, scheduler and agents: ConfigMaps are created, each an entity of its own, and then
/// written again and again. Every write is a command that is decided, persisted (SQLite, with fsync), folded and
/// answered.
/// </summary>
internal static class JournalBench
{
    public static async Task<int> RunAsync(int entities, int rounds, TextWriter output, CancellationToken stop)
    {
        var path = Directory.CreateTempSubdirectory("orchestrator-bench-").FullName;
        try
        {
            var settings = ServerSettings.Load(null, [("data-dir", $"\"{path}\"")]);
            using var directory = DataDirectory.Open(path);
            using var journal = SqliteJournalStore.Open(directory.Journal);
            using var pki = Gateway.Security.Pki.Open(
                directory.Pki, [], TimeProvider.System, NullLoggerFactory.Instance);
            using var writer = new WriterThread();
            await using var member = await Member.StartAsync(
                Server.PlaneOptions(
                    settings, journal, writer, TimeProvider.System, NullLoggerFactory.Instance, authorityPem: ""),
                JournalHost.Akka(settings, journal), Server.SetupsOf(settings, directory, pki), stop);
            await UntilNamespaceAsync(member.Plane, stop);
            await MeasureAsync("create", entities, i => new Create(ConfigMap(i, 0)), member.Plane, output, stop);
            for (var round = 1; round <= rounds; round++)
            {
                var value = round;
                await MeasureAsync(
                    $"write {round}", entities, i => new Replace(ConfigMap(i, value)), member.Plane, output, stop);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task MeasureAsync(
        string what, int entities, Func<int, Command> command, ControlPlane plane, TextWriter output,
        CancellationToken stop)
    {
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        var replies = new Task<Reply>[entities];
        for (var i = 0; i < entities; i++)
        {
            replies[i] = plane.SendAsync(Key(i), command(i), stop).AsTask();
        }

        foreach (var reply in await Task.WhenAll(replies))
        {
            if (reply is not Reply.Accepted)
            {
                throw new ServerStartException($"{what}: {reply}");
            }
        }

        self.Refresh();
        var processor = (self.TotalProcessorTime - before).TotalMicroseconds / entities;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-10} {entities / watch.Elapsed.TotalSeconds,8:0}/s  {processor,6:0} µs of processor and "
            + $"{(GC.GetTotalAllocatedBytes() - allocated) / entities,6} bytes each"));
    }

    private static async Task UntilNamespaceAsync(ControlPlane plane, CancellationToken stop)
    {
        while (plane.View.Get(KindRegistry.Of<Namespace>(), null, "default") is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), stop);
        }
    }

    private static EntityKey Key(int number) =>
        EntityKey.Of(KindRegistry.Of<ConfigMap>(), "default", Name(number));

    private static string Name(int number) => $"bench-{number}";

    private static ConfigMap ConfigMap(int number, int value) => new()
    {
        Metadata = new ObjectMeta { Name = Name(number), Namespace = "default" },
        Data = ValueMap<string>.From([KeyValuePair.Create("value", $"{value}")]),
    };
}
