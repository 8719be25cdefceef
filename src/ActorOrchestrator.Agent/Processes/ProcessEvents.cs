using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>Gives every reader every event; one that falls too far behind starts anew with Reconnected.</summary>
internal sealed class ProcessEvents(TimeProvider time)
{
    private const int BacklogMax = 4096;

    private readonly Lock _gate = new();
    private readonly HashSet<Channel<RuntimeEvent>> _readers = [];

    public void Publish(RuntimeEventKind kind, ContainerRuntimeStatus container)
    {
        var happened = new RuntimeEvent(kind, container.Id, container.SandboxId, time.GetUtcNow(), container.ExitCode);
        lock (_gate)
        {
            foreach (var reader in _readers)
            {
                if (!reader.Writer.TryWrite(happened))
                {
                    reader.Writer.TryComplete();
                }
            }
        }
    }

    public async IAsyncEnumerable<RuntimeEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var mine = Channel.CreateBounded<RuntimeEvent>(BacklogMax);
            lock (_gate)
            {
                _readers.Add(mine);
            }

            try
            {
                yield return new RuntimeEvent(RuntimeEventKind.Reconnected, "", "", time.GetUtcNow(), 0);
                await foreach (var happened in mine.Reader.ReadAllAsync(cancellation))
                {
                    yield return happened;
                }
            }
            finally
            {
                lock (_gate)
                {
                    _readers.Remove(mine);
                }
            }
        }
    }
}
