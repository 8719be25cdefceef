using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.TestKit;

/// <summary>A message that a probe got.</summary>
/// <param name="To">Which entity was meant, of those that the probe speaks for.</param>
/// <param name="At">When it came.</param>
public sealed record ProbeMessage<T>(EntityKey To, T Message, DateTimeOffset At) where T : Message;

/// <summary>
/// Speaks for an entity on a <see cref="Stage"/>: it keeps what it is told until the test looks, and says what the test
/// says. Waiting lets virtual time pass, so waiting for nothing costs nothing.
/// </summary>
public sealed class TestProbe
{
    private readonly Stage _stage;
    private readonly Queue<ProbeMessage<Message>> _heard = new();

    internal TestProbe(Stage stage, string name) => (_stage, Name) = (stage, name);

    public string Name { get; }

    /// <summary>What it got and nobody has looked at yet.</summary>
    public IReadOnlyList<ProbeMessage<Message>> Waiting => [.. _heard];

    /// <summary>How it answers commands of whoever waits for an answer; at first it accepts creations and knows nothing
    /// else.</summary>
    public Func<EntityKey, Message, Reply> Answers { get; set; } = static (self, message) => message is Create create
        ? new Reply.Accepted(create.Object)
        : new Reply.Rejected(Statuses.NotFound(self.Resource, self.Name));

    /// <summary>The next message, which must be of this kind.</summary>
    /// <exception cref="TestKitException">It is of another, or none came.</exception>
    public ProbeMessage<T> ExpectMessage<T>(TimeSpan within) where T : Message
    {
        if (_stage.Obstacle(() => _heard.Count > 0 ? null : "silent", within) is not null)
        {
            throw new TestKitException($"{Name} expected a {typeof(T).Name} within {within}, and heard nothing");
        }

        var next = _heard.Dequeue();
        return As<T>(next)
            ?? throw new TestKitException($"{Name} expected a {typeof(T).Name}, and was told {Show(next)}");
    }

    /// <summary>The next message of this kind; others before it are passed over.</summary>
    /// <exception cref="TestKitException">None came.</exception>
    public ProbeMessage<T> FishForMessage<T>(TimeSpan within) where T : Message
    {
        var passed = new List<ProbeMessage<Message>>();
        ProbeMessage<T>? found = null;
        _stage.Obstacle(
            () =>
            {
                while (found is null && _heard.TryDequeue(out var next))
                {
                    found = As<T>(next);
                    passed.Add(next);
                }

                return found is null ? "not told yet" : null;
            },
            within);
        return found ?? throw new TestKitException(
            $"{Name} expected a {typeof(T).Name} within {within}, and was told "
            + (passed.Count == 0 ? "nothing" : string.Join(", ", passed.Select(Show))));
    }

    /// <summary>Nothing comes for so long.</summary>
    /// <exception cref="TestKitException">Something did.</exception>
    public void ExpectNoMessage(TimeSpan within)
    {
        _stage.Obstacle(() => _heard.Count > 0 ? null : "silent", within);
        if (_heard.TryPeek(out var next))
        {
            throw new TestKitException($"{Name} expected no message, and was told {Show(next)}");
        }
    }

    /// <summary>Forgets what it got so far.</summary>
    public void Forget() => _heard.Clear();

    public void Tell(EntityKey to, Message message) => _stage.Tell(to, message);

    /// <summary>Reports to an owner, as a child does after every change.</summary>
    public void Report(EntityKey owner, KubeObject child) =>
        Tell(owner, new ChildReport(EntityKey.Of(child), child.Metadata.Uid!, child));

    internal Decision Hear(EntityKey self, Message message)
    {
        _heard.Enqueue(new ProbeMessage<Message>(self, message, _stage.Now));
        return message is Command ? new Decision().Reply(Answers(self, message)) : new Decision();
    }

    private static ProbeMessage<T>? As<T>(ProbeMessage<Message> heard) where T : Message =>
        heard.Message is T message ? new ProbeMessage<T>(heard.To, message, heard.At) : null;

    private static string Show(ProbeMessage<Message> heard) => $"{Shown.Told(heard.Message)} for {heard.To}";
}
