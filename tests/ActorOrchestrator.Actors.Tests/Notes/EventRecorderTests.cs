using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Notes;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Notes;

/// <summary>What of a note becomes a new Event, and what is told to one that is there.</summary>
public sealed class EventRecorderTests
{
    private static readonly Pod Web = new() { Metadata = new() { Name = "web", Namespace = "default", Uid = "u1" } };

    private readonly List<(Event First, TaskCompletionSource<bool> Stored)> _stored = [];
    private readonly List<Event> _told = [];
    private readonly EventRecorder _recorder;

    public EventRecorderTests() => _recorder = new EventRecorder(
        new ManualTimeProvider(), new RandomIds(),
        first =>
        {
            _stored.Add((first, new TaskCompletionSource<bool>()));
            return _stored[^1].Stored.Task;
        },
        (_, message) => _told.Add((Event)((Replace)message).Object));

    [Fact]
    public void The_first_of_its_kind_is_stored_and_what_follows_is_counted_up()
    {
        Note("Pulled");
        _stored[0].Stored.SetResult(true);
        Note("Pulled");
        Note("Pulled");
        Assert.Equal(1, Assert.Single(_stored).First.Count);
        Assert.Equal([2, 3], _told.Select(again => again.Count));
        Assert.All(_told, again => Assert.Equal(_stored[0].First.Metadata.Name, again.Metadata.Name));
    }

    [Fact]
    public void What_happens_again_before_the_row_is_there_is_told_once_when_it_is()
    {
        Note("Pulled");
        Note("Pulled");
        Note("Pulled");
        Assert.Empty(_told);
        _stored[0].Stored.SetResult(true);
        Assert.Equal(3, Assert.Single(_told).Count);
    }

    [Fact]
    public void One_that_was_not_stored_is_stored_anew_the_next_time()
    {
        Note("Pulled");
        _stored[0].Stored.SetResult(false);
        Note("Pulled");
        Assert.Equal(2, _stored.Count);
        Assert.Equal(1, _stored[1].First.Count);
        Assert.Empty(_told);
    }

    [Fact]
    public void An_object_has_a_budget()
    {
        for (var i = 0; i < 40; i++)
        {
            Note($"Reason{i}");
        }

        Assert.Equal(25, _stored.Count);
    }

    [Fact]
    public void Names_sort_by_time_even_within_one_instant()
    {
        for (var i = 0; i < 20; i++)
        {
            Note($"Reason{i}");
        }

        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"Reason{i}"),
            _stored.OrderBy(stored => stored.First.Metadata.Name, StringComparer.Ordinal)
                .Select(stored => stored.First.Reason));
        Assert.All(_stored, stored => Assert.Matches("^web\\.[0-9a-f]{20}$", stored.First.Metadata.Name));
    }

    [Theory]
    [InlineData(253)]
    [InlineData(233)]
    public void The_event_of_an_object_with_a_long_name_has_a_valid_one(int length)
    {
        _recorder.Record(
            Web with { Metadata = Web.Metadata with { Name = new string('a', length) } }, "Normal", "Reason", "message",
            "test");
        Assert.Empty(Validator.Validate(_stored[0].First));
    }

    private void Note(string reason) => _recorder.Record(Web, "Normal", reason, "message", "test");
}
