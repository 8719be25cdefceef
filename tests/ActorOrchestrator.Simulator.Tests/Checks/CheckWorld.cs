using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>A world in which nothing runs: a history is written into its log by hand, and one check looks on.</summary>
internal sealed class CheckWorld : IDisposable
{
    private readonly Check _check;
    private long _requests;

    public CheckWorld(Check check)
    {
        _check = check;
        World.Add(check);
    }

    public World World { get; } = new(1, TimeSpan.Zero, new Trace(null));

    /// <returns>The sequence that the event got.</returns>
    public long Commit(EntityKey key, DomainEvent decided) => Commit(key, decided, stored: decided);

    /// <param name="key">The entity.</param>
    /// <param name="decided">What it decided.</param>
    /// <param name="stored">What the bytes in the log say.</param>
    public long Commit(EntityKey key, DomainEvent decided, DomainEvent stored)
    {
        var id = key.ToString();
        return Write(id, World.Tables.HighestSequenceNr(id) + 1, new JournalEntry(
            key.Resource, [decided], EntryFormat.Encode(key.Resource, [stored])));
    }

    /// <returns>The row's ordering; 0 when it was refused.</returns>
    public long Write(string persistenceId, long sequenceNr, JournalEntry entry, bool isShared = false) =>
        World.Tables.Commit(
            [new JournalWrite(persistenceId, sequenceNr, entry, "writer", 0)], "test", isShared).Orderings[0];

    public long Create(KubeObject value) => Commit(EntityKey.Of(value), new ObjectCreated(value));

    public long Replace(KubeObject value) => Commit(EntityKey.Of(value), new ObjectReplaced(value));

    public long Delete(KubeObject value) => Commit(EntityKey.Of(value), new ObjectDeleted());

    /// <summary>A member tells an entity.</summary>
    public void Tell(EntityKey to, Message message) => _check.OnTold(to, message);

    public void Pass(double seconds) => World.Loop.RunUntil(World.Loop.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>A request is sent.</summary>
    public Exchange Send(string method, string path, object? body = null, Intent? intent = null)
    {
        var bytes = body switch
        {
            null => [],
            string text => System.Text.Encoding.UTF8.GetBytes(text),
            _ => KubeJson.Encode(body),
        };
        var sent = new Exchange(
            ++_requests, "test", new ApiCall(method, path) { Body = bytes }, World.Loop.Now, World.Tables.Last)
        {
            Intent = intent,
        };
        _check.OnRequest(sent);
        return sent;
    }

    /// <summary>And answered.</summary>
    public void Answer(Exchange sent, int code, object? body)
    {
        var bytes = body switch
        {
            null => [],
            string text => System.Text.Encoding.UTF8.GetBytes(text),
            _ => KubeJson.Encode(body),
        };
        _check.OnExchange(sent with { Answer = new ApiAnswer(code, bytes), EndedAt = World.Loop.Now });
    }

    public void Ask(string method, string path, int code, object? answer, object? body = null, Intent? intent = null) =>
        Answer(Send(method, path, body, intent), code, answer);

    public void Container(
        ContainerChangeKind kind, string uid, string machine = "node-1", string id = "c1", string name = "main",
        int? exitCode = null) =>
        _check.OnContainer(new ContainerChange(
            machine, kind, uid, "default", "web", name, 0, id, "s1", "app:v1", exitCode, World.Loop.Now));

    public void RemoveImage(string machine, string image) => _check.OnImageRemoved(machine, image);

    public void Dispose() => World.Dispose();

    public static T At<T>(T value, long version) where T : KubeObject => value with
    {
        Metadata = value.Metadata with { ResourceVersion = version.ToString() },
    };

    public static ConfigMap Map(string name, string value) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = $"uid-{name}" },
        Data = ValueMap<string>.From([KeyValuePair.Create("value", value)]),
    };
}

/// <summary>What checks have to say.</summary>
internal static class Verdicts
{
    /// <summary>The check refuses, and names what it is about.</summary>
    public static void Refuses(this CheckWorld world, Action<CheckWorld> history, params string[] named)
    {
        var violation = Assert.Throws<ViolationException>(() => history(world));
        Assert.All(named, name => Assert.Contains(name, violation.What, StringComparison.Ordinal));
        Assert.Same(violation, world.World.Broken);
    }
}
