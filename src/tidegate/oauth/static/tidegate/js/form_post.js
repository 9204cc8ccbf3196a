// Sends the form that carries an answer back to the application; without scripts its button does.
document.querySelector("form[data-submit]")?.submit();
