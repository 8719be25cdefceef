using ActorOrchestrator.Domain;
using ActorOrchestrator.Runtime;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class FencingCheckTests : IDisposable
{
    private readonly FencingCheck _check = new();
    private readonly CheckWorld _world;

    public FencingCheckTests() => _world = new CheckWorld(_check);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Owners_that_follow_each_other_are_fine()
    {
        _world.Create(CheckWorld.Map("a", "1"));
        _world.World.Store.Acquire(0, "next");
        _world.Create(CheckWorld.Map("b", "1"));
    }

    [Fact]
    public void A_former_owner_does_not_write()
    {
        _world.World.Store.Acquire(0, "next");
        _world.Refuses(_ => _check.OnAppend(new Append(epoch: 1, sequence: 1)), "epoch 1", "newest is 2");
    }

    [Fact]
    public void Sequences_have_no_gap()
    {
        _world.Create(CheckWorld.Map("a", "1"));
        _world.Refuses(_ => _check.OnAppend(new Append(epoch: 1, sequence: 3)), "sequence 3 after 1");
    }

    private sealed class Append(long epoch, long sequence) : AppendRequest(0, epoch,
        [new LogEntry("configmaps/default/a", new ObjectDeleted(), "", true, default) { Sequence = sequence }])
    {
        public override void Committed()
        {
        }

        public override void Failed(LogException reason)
        {
        }
    }
}
