using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Notes;
using ActorOrchestrator.Actors.Tests.Journal;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Actors.Tests.Notes;

/// <summary>Rows that are written for entities which are not in memory.</summary>
public sealed class NewDocumentsTests
{
    private readonly TestLoop _loop = new();
    private readonly ScriptedStore _store = new() { IsExclusive = true };
    private readonly RecordingListener _listener = new();
    private readonly NewDocuments _documents;

    public NewDocumentsTests()
    {
        var tail = new JournalTail(_store, _listener);
        _documents = new NewDocuments(
            new JournalWriter(
                _store, tail, work => _loop.Post(_ => work(), null), _loop.Time, new RecordingLogger()),
            new RandomIds(), _loop.Time);
    }

    [Fact]
    public async Task A_document_is_stored_as_its_entity_would_have_stored_it()
    {
        Assert.True(await Store("a"));
        Assert.Equal(["row a 1"], _listener.Told);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_and_nothing_changes()
    {
        await Store("a");
        Assert.False(await Store("a"));
        Assert.Equal(["row a 1"], _listener.Told);
    }

    private Task<bool> Store(string name)
    {
        var stored = _loop.Run(() => _documents.StoreAsync(new ConfigMap
        {
            Metadata = new() { Name = name, Namespace = "default" },
        }));
        _loop.Settle();
        return stored;
    }
}
