namespace ActorOrchestrator.Repository.Tests;

/// <summary>What a simulator runs goes on where it was awaited, and draws from what it is given.</summary>
public sealed class OneThreadTests
{
    private static readonly string[] Simulated =
    [
        "src/ActorOrchestrator.Domain", "src/ActorOrchestrator.Actors",
        "src/ActorOrchestrator.Gateway", "src/ActorOrchestrator.Agent/Pods", "src/ActorOrchestrator.Agent/Nodes",
        "src/ActorOrchestrator.Agent/Mailboxes", "src/ActorOrchestrator.Agent/Reclaim",
        "src/ActorOrchestrator.Agent/Images",
    ];

    /// <summary>Ports to the machine, which the simulator has its own of, and what only a real server runs.</summary>
    private static readonly string[] Real =
    [
        "src/ActorOrchestrator.Actors/Journal/Sealing/",
        "src/ActorOrchestrator.Actors/Journal/SqlJournal.cs", "src/ActorOrchestrator.Actors/Journal/SqlSnapshots.cs",
        "src/ActorOrchestrator.Actors/Journal/WriterThread.cs", "src/ActorOrchestrator.Actors/Journal/Postgres/",
        "src/ActorOrchestrator.Actors/Hosting/Datagrams/", "src/ActorOrchestrator.Actors/Entities/RandomIds.cs",
        "src/ActorOrchestrator.Agent/Nodes/LinuxMachine.cs",
        "src/ActorOrchestrator.Gateway/Security/", "src/ActorOrchestrator.Gateway/Streaming/",
        "src/ActorOrchestrator.Gateway/Telemetry/ProcessInstruments.cs",
    ];

    private static IEnumerable<(string Path, string Code)> Code =>
        from path in Simulated.SelectMany(RepositoryFiles.CSharp)
        where !Real.Any(real => path.StartsWith(real, StringComparison.Ordinal))
        select (path, CSharpCode.Of(path).Flat);

    [Fact]
    public void Nothing_goes_by_the_thread_pool()
    {
        string[] hops =
        [
            "Task.Run(", "Task.Factory", "ThreadPool", "new Thread(", "TaskScheduler", ".ContinueWith(", "Parallel.",
            "new PeriodicTimer(", "SemaphoreSlim", ".CancelAsync(", "ConfigureAwait(false)", "Reader.ReadAllAsync(",
            "Changes.ReadAllAsync(", "Task.WaitAsync(",
        ];
        Rule.Holds("what is awaited goes on in the caller's context", Found(hops));
    }

    [Fact]
    public void What_is_piped_to_an_actor_goes_on_in_the_callers_context() =>
        Rule.Holds("PipeTo goes by the thread pool unless useConfigureAwait is true",
            from file in Code
            from piped in file.Code.Split(".PipeTo(").Skip(1)
            where !piped.Split(';')[0].Contains("useConfigureAwait:true", StringComparison.Ordinal)
            select file.Path);

    [Fact]
    public void Chance_and_the_machine_come_through_ports() =>
        Rule.Holds("ids, random numbers and facts of the machine are given by whoever composes the parts",
            Found([
                "RandomNumberGenerator", "new Random()", "Environment.Machine", "Environment.Process",
                "Environment.Get", "Environment.Tick", "Stopwatch", "matchTimeout",
            ]));

    private static IEnumerable<string> Found(string[] words) =>
        from file in Code
        from word in words
        where file.Code.Contains(word, StringComparison.Ordinal)
        select $"{file.Path}: {word}";
}
